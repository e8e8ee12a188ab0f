import { pageCountOf, pageOf, type Plan } from '../../plan/plan.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import { cellsInLot } from '../../workflows/pure/lot.ts';
import { cellsInPage, expectedCells, type RunOptions, type WindowTask } from '../../workflows/pure/run.ts';

/**
 * What a run would cost on Temporal Cloud, in actions: one for a workflow that is started or continues as new, one
 * more where a parent starts it, one for each attempt of an activity, for each timer, signal and upsert of search
 * attributes. Each function below is one workflow on its way without trouble: whoever changes what a workflow does
 * changes its function, and a test holds them against real histories.
 */

const start = 1;
const childStart = 2;
const activity = 1;
const continuation = 1;
const upsert = 1;
const timer = 1;
/** Leave for one request: a step, and the update by which it asks the ledger. */
const permit = activity + 1;

/** The actions of a run, and of what it leaves to be done later. */
export interface ActionEstimate {
  readonly run: number;
  /** Those of the run that pass shares on: how many there are in the end depends on which windows end together. */
  readonly signals: number;
  readonly windows: number;
  readonly cells: number;
  /** Of cells whose day is not final: they wait, and go on by themselves after the run. */
  readonly later: number;
  readonly total: number;
  /** What following the run in a terminal adds each second, in queries. */
  readonly watchingPerSecond: number;
}

/** Counts the actions that a plan would cost, where nothing fails. */
export function actionsOf(plan: Pick<Plan, 'windows' | 'alone'>, options: RunOptions): ActionEstimate {
  const signals = shareSignals(plan, options);
  const run = runActions(plan, options) + signals;
  const windows = sum(plan.windows.map((window) => windowActions(window, options)));
  const cells = sum(plan.windows.map((window) => cellsActions(window, options)));
  const later = plan.alone.length * waitingCellActions(options);
  const open = Math.min(options.windowsAtOnce, plan.windows.length);
  return {
    run,
    signals,
    windows,
    cells,
    later,
    total: run + windows + cells + later,
    watchingPerSecond: queriesPerSecond * (1 + open),
  };
}

/** As often does a terminal ask the run and each of its open windows how it stands. */
const queriesPerSecond = 2;

/** Plans, reads its pages, rebuilds and records its end. */
function runActions(plan: Pick<Plan, 'windows' | 'alone'>, options: RunOptions): number {
  const pages = pageCountOf(plan);
  const steps = {
    plan: activity,
    rebuild: rebuildActions(options),
    end: activity,
    alerts: lookActions(options),
  };
  return start + sum(Object.values(steps)) + pages * activity + Math.max(0, pages - 1) * continuation;
}

/** The warehouse, and the report over it where one is wanted. */
function rebuildActions({ isReportWanted }: RunOptions): number {
  return activity + (isReportWanted === false ? 0 : activity);
}

/** A look for alerts, where somebody wants to be told of any. */
function lookActions({ alerts }: RunOptions): number {
  return alerts ? activity : 0;
}

/** A window is told when it may run more cells, since another one ended: only the last ones of a page are. */
function shareSignals(
  plan: Pick<Plan, 'windows' | 'alone'>,
  { windowsAtOnce, cellsAtOnce }: RunOptions,
): number {
  const pages = Array.from({ length: pageCountOf(plan) }, (_, page) => pageOf(plan, page));
  const share = (left: number): number =>
    Math.max(1, Math.floor(cellsAtOnce / Math.max(1, Math.min(windowsAtOnce, left))));
  const signalsOnPage = (onPage: number): number =>
    sum(
      Array.from({ length: Math.max(0, onPage - 1) }, (_, place) => place + 1).map((left) =>
        share(left) === share(left + 1) ? 0 : Math.min(left, windowsAtOnce),
      ),
    );
  return sum(pages.map(({ windows }) => signalsOnPage(windows.length)));
}

/**
 * A window fetches its pages, most often one, and stages them; a snapshot's then reads who is in it. The cell lane's
 * begins a fresh history every few hundred cells.
 */
function windowActions(window: WindowTask, options: RunOptions): number {
  const { dataset, assets, dates, batch, grain, pages: requests = 1 } = window;
  const isMetered = options.meteredSources.includes(splitDataset(dataset).source);
  const fetched = batch ? 0 : requests * (activity + (isMetered ? permit : 0)) + activity;
  const found = grain === 'lot' ? activity : 0;
  const pages = grain !== undefined ? 1 : Math.ceil((assets.length * dates.length) / cellsInPage);
  return childStart + fetched + found + Math.max(0, pages - 1) * continuation;
}

/** What a window's cells cost: each by itself, or a month or a lot of them together. */
function cellsActions(window: WindowTask, options: RunOptions): number {
  const { assets, dates, grain } = window;
  if (grain === 'lot') return Math.ceil(expectedCells(window) / cellsInLot) * monthActions;
  if (grain === undefined) return assets.length * dates.length * cellActions(options);
  const months = new Set(dates.map((date) => date.slice(0, 7))).size;
  return assets.length * months * monthActions;
}

/** The month lane: one workflow writes, audits and publishes the cells of a month or a lot. */
const monthActions = childStart + 3 * activity;

/** The cell lane's cell: writes, audits, publishes, and shows its state where the server can list by it. */
function cellActions({ isSearchable }: RunOptions): number {
  return childStart + 3 * activity + (isSearchable ? upsert : 0);
}

/** Looks at its day, waits, looks again, fetches, stages, goes the way of a cell, and rebuilds. */
function waitingCellActions(options: RunOptions): number {
  const waits = 2 * activity + timer;
  const goesOn = 6 * activity + rebuildActions(options) + lookActions(options);
  return childStart + waits + goesOn + (options.isSearchable ? 4 * upsert : 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
