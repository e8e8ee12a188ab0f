import type { Calendar } from '../calendars/index.ts';
import type { Coverage } from '../sources/source.ts';
import {
  addDays,
  datesBetween,
  type CellState,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { BatchRef, JudgedAgainCause, Look, RunRequest } from '../workflows/pure/run.ts';
import { lastFinalDate, finalAt, type Finality } from './finality.ts';
import { PlanError } from './plan-error.ts';

/** What planning needs to know of one asset and the source it is taken from. */
export interface PlannedAsset {
  readonly ticker: string;
  readonly dataset: DatasetId;
  readonly symbol: string;
  readonly calendar: Calendar;
  readonly final: Finality;
  /** Days back that the source's plan reaches; null: no limit. */
  readonly historyDays: number | null;
  readonly coverage: Coverage;
  /** The same asset from its further sources, in their order; left out: it has one source. */
  readonly fallbacks?: readonly PlannedAsset[];
  /** Of a snapshot: how many are asked for. */
  readonly top?: number;
}

/** Lists each asset from its first source and then from its fallbacks: whatever cell may be asked about has one. */
export function everySource(assets: readonly PlannedAsset[]): PlannedAsset[] {
  return assets.flatMap((asset) => [asset, ...(asset.fallbacks ?? [])]);
}

/** What the lake remembers of a cell. */
export interface KnownCell {
  readonly state: CellState;
  readonly run?: string;
  readonly code?: string;
  readonly reason?: string;
  /** Published because a person accepted what a rule refused; `reason` is theirs. */
  readonly isAccepted?: true;
  readonly batch?: { readonly id: string; readonly ingestionDate: PartitionDate };
}

/** Looks a cell up in the lake's memory; undefined where nothing was ever done. */
export type Memory = (dataset: DatasetId, ticker: string, date: PartitionDate) => KnownCell | undefined;

/** One cell of a request and what becomes of it. */
export interface DueCell {
  readonly asset: PlannedAsset;
  readonly date: PartitionDate;
  readonly known: KnownCell | undefined;
  readonly fate:
    | { readonly kind: 'closed'; readonly reason: string }
    | { readonly kind: 'published' | 'todo' }
    /** Given up; where a reason stands, it is this plan that gives it up. */
    | { readonly kind: 'skipped'; readonly reason?: string }
    /** Judged before; its staged batch is judged again, for this cause. */
    | { readonly kind: 'todo'; readonly cause: JudgedAgainCause; readonly batch: BatchRef }
    /** Published, and to be looked at again. */
    | { readonly kind: 'look'; readonly look: Look }
    | { readonly kind: 'waiting'; readonly until: string };
}

/** A daily run takes up what failed or is missing on so many days, its own the last of them. */
export const lookBackDays = 7;

/**
 * Decides what becomes of every cell that a request asks for. There may be a million of them: whatever is the same
 * for many (the dates of a range, the days of a calendar, a fate) is made once and shared.
 * @throws PlanError where a date lies beyond what a source can give, or is not there at all.
 */
export function dueCells(
  request: RunRequest,
  assets: readonly PlannedAsset[],
  memory: Memory,
  now: Date,
): DueCell[] {
  const common = { request, lastFinal: lastFinalDates(now), dates: sharedDates(), days: sharedDays() };
  const cells: DueCell[] = [];
  for (const asset of assets) {
    const dates = common.dates(rangeOf(request, asset, common.lastFinal(asset.final)));
    for (const date of withinHistory(dates, asset, request, now))
      cells.push(decide(asset, date, memory(asset.dataset, asset.ticker, date), common));
  }
  return cells;
}

/** The first and the last date that a request wants of its assets; undefined where it wants none. */
export function datesWanted(
  request: RunRequest,
  assets: readonly PlannedAsset[],
  now: Date,
): DateRange | undefined {
  const lastFinal = lastFinalDates(now);
  const ranges = assets
    .map((asset) => rangeOf(request, asset, lastFinal(asset.final)))
    .filter((range): range is DateRange => range !== undefined);
  const from = ranges.map((range) => range.from).sort()[0];
  const to = ranges
    .map((range) => range.to)
    .sort()
    .at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Dates from `from` to `to`, both included. */
export interface DateRange {
  readonly from: PartitionDate;
  readonly to: PartitionDate;
}

/** What deciding a cell needs besides the cell. */
interface Common {
  readonly request: RunRequest;
  readonly lastFinal: (final: Finality) => PartitionDate;
  readonly days: (calendar: Calendar, date: PartitionDate) => DayOfCalendar;
}

/** What a calendar says of a day, and the fate of a cell on it where it is closed. */
interface DayOfCalendar {
  readonly closed: DueCell['fate'] | undefined;
}

/** Finds the last final date by a source's rule, computed once for each rule. */
function lastFinalDates(now: Date): (final: Finality) => PartitionDate {
  const known = new Map<string, PartitionDate>();
  return (final) => {
    const key = `${final.time} ${final.timeZone}`;
    const last = known.get(key) ?? lastFinalDate(now, final);
    known.set(key, last);
    return last;
  };
}

/** Lists the dates of a range, each range once. */
function sharedDates(): (range: DateRange | undefined) => readonly PartitionDate[] {
  const known = new Map<string, readonly PartitionDate[]>();
  return (range) => {
    if (range === undefined) return [];
    const key = `${range.from}..${range.to}`;
    const dates = known.get(key) ?? datesBetween(range.from, range.to);
    known.set(key, dates);
    return dates;
  };
}

/** Asks each calendar about each day once. */
function sharedDays(): Common['days'] {
  const known = new Map<Calendar, Map<PartitionDate, DayOfCalendar>>();
  return (calendar, date) => {
    const days = known.get(calendar) ?? new Map<PartitionDate, DayOfCalendar>();
    known.set(calendar, days);
    const asked = days.get(date) ?? dayOf(calendar, date);
    days.set(date, asked);
    return asked;
  };
}

function dayOf(calendar: Calendar, date: PartitionDate): DayOfCalendar {
  const day = calendar.day(date);
  return { closed: day.isOpen ? undefined : { kind: 'closed', reason: day.note ?? 'no session' } };
}

function rangeOf(request: RunRequest, asset: PlannedAsset, lastFinal: PartitionDate): DateRange | undefined {
  switch (request.kind) {
    case 'backfill': {
      if (request.tickers && !request.tickers.includes(asset.ticker)) return undefined;
      if ('from' in request.range) return request.range;
      return { from: addDays(lastFinal, 1 - request.range.days), to: lastFinal };
    }
    case 'daily': {
      const to = request.isExplicit || request.date <= lastFinal ? request.date : lastFinal;
      return { from: addDays(request.date, 1 - lookBackDays), to };
    }
    case 'retry':
    case 'reaudit':
      throw new PlanError(`A ${request.kind} names its cells from the records, not from a range`);
  }
}

/** The cells that a retry takes up again: those refused or failed, of one run or of all. */
export function troubledCells(
  of: string,
  troubled: readonly { dataset: DatasetId; ticker: string; date: PartitionDate; known: KnownCell }[],
  assets: readonly PlannedAsset[],
): DueCell[] {
  const byKey = new Map(assets.map((asset) => [`${asset.dataset}/${asset.ticker}`, asset]));
  return troubled.flatMap(({ dataset, ticker, date, known }) => {
    const asset = byKey.get(`${dataset}/${ticker}`);
    if (!asset || !isTroubleOf(of, known)) return [];
    return [{ asset, date, known, fate: { kind: 'todo' as const } }];
  });
}

/** Tells whether a retry of one run, or of `all`, takes a cell up. */
export function isTroubleOf(of: string, { run }: KnownCell): boolean {
  return of === 'all' || isOfRun(run, of);
}

/** A cell that a retry of the run could not mend is still that run's. */
function isOfRun(run: string | undefined, of: string): boolean {
  return (
    run === of || (run !== undefined && run.startsWith('retry/') && isOfRun(run.slice('retry/'.length), of))
  );
}

const published: DueCell['fate'] = { kind: 'published' };
const skipped: DueCell['fate'] = { kind: 'skipped' };
const todo: DueCell['fate'] = { kind: 'todo' };

function decide(
  asset: PlannedAsset,
  date: PartitionDate,
  known: KnownCell | undefined,
  common: Common,
): DueCell {
  return { asset, date, known, fate: fateOf(asset, date, known, common) };
}

function fateOf(
  asset: PlannedAsset,
  date: PartitionDate,
  known: KnownCell | undefined,
  { request, lastFinal, days }: Common,
): DueCell['fate'] {
  const { closed } = days(asset.calendar, date);
  if (closed) return closed;
  if (known?.state === 'skipped') return skipped;
  const isForced = request.kind === 'backfill' && request.force;
  if (known?.state === 'closed' && known.batch && !isForced)
    return { kind: 'closed', reason: known.reason ?? 'the source has no session that day' };
  if (known?.state === 'published' && !isForced) return published;
  if (date > lastFinal(asset.final))
    return { kind: 'waiting', until: finalAt(date, asset.final).toISOString() };
  return todo;
}

function withinHistory(
  dates: readonly PartitionDate[],
  asset: PlannedAsset,
  request: RunRequest,
  now: Date,
): readonly PartitionDate[] {
  const earliest = earliestDate(asset, now);
  const first = dates[0];
  if (earliest === null || first === undefined || first >= earliest) return dates;
  if (request.kind !== 'backfill' || request.clip) return dates.filter((date) => date >= earliest);
  throw new PlanError(
    `${asset.ticker} ${first} lies beyond what ${asset.dataset} gives on its plan: ${asset.historyDays ?? 0} days back, ` +
      `to ${earliest}. Ask for a later start, add --clip to take the rest, or set sources.*.plan.historyDays in marketlake.yaml.`,
  );
}

/** The oldest date a source's plan gives; null: no limit. */
export function earliestDate(asset: PlannedAsset, now: Date): PartitionDate | null {
  return asset.historyDays === null ? null : addDays(now.toISOString().slice(0, 10), -asset.historyDays);
}
