import type { Calendar } from '../calendars/index.ts';
import type { Coverage } from '../sources/source.ts';
import {
  addDays,
  datesBetween,
  type CellState,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { BatchRef, JudgedAgainCause, RunRequest } from '../workflows/pure/run.ts';
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
    | { readonly kind: 'published' | 'skipped' | 'todo' }
    /** Judged before; its staged batch is judged again, for this cause. */
    | { readonly kind: 'todo'; readonly cause: JudgedAgainCause; readonly batch: BatchRef }
    | { readonly kind: 'waiting'; readonly until: string };
}

const lookBackDays = 7;

/**
 * Decides what becomes of every cell that a request asks for.
 * @throws PlanError where a date lies beyond what a source can give, or is not there at all.
 */
export function dueCells(
  request: RunRequest,
  assets: readonly PlannedAsset[],
  memory: Memory,
  now: Date,
): DueCell[] {
  const wanted = assets.flatMap((asset) => datesFor(request, asset, now).map((date) => ({ asset, date })));
  const reachable = withinHistory(wanted, request, now);
  const lastFinal = lastFinalDates(now);
  return reachable.map(({ asset, date }) => {
    const until = date <= lastFinal(asset) ? undefined : finalAt(date, asset.final);
    return decide(asset, date, memory, request, until);
  });
}

/** Finds the last final date of an asset, computed once for each source: there may be a million cells to decide. */
function lastFinalDates(now: Date): (asset: PlannedAsset) => PartitionDate {
  const known = new Map<string, PartitionDate>();
  return ({ final }) => {
    const key = `${final.time} ${final.timeZone}`;
    const last = known.get(key) ?? lastFinalDate(now, final);
    known.set(key, last);
    return last;
  };
}

function datesFor(request: RunRequest, asset: PlannedAsset, now: Date): PartitionDate[] {
  switch (request.kind) {
    case 'backfill': {
      if (request.tickers && !request.tickers.includes(asset.ticker)) return [];
      if ('from' in request.range) return datesBetween(request.range.from, request.range.to);
      const to = lastFinalDate(now, asset.final);
      return datesBetween(addDays(to, 1 - request.range.days), to);
    }
    case 'daily': {
      const last = lastFinalDate(now, asset.final);
      const to = request.isExplicit || request.date <= last ? request.date : last;
      return datesBetween(addDays(request.date, 1 - lookBackDays), to);
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
    if (!asset || (of !== 'all' && !isOfRun(known.run, of))) return [];
    return [{ asset, date, known, fate: { kind: 'todo' as const } }];
  });
}

/** A cell that a retry of the run could not mend is still that run's. */
function isOfRun(run: string | undefined, of: string): boolean {
  return (
    run === of || (run !== undefined && run.startsWith('retry/') && isOfRun(run.slice('retry/'.length), of))
  );
}

function decide(
  asset: PlannedAsset,
  date: PartitionDate,
  memory: Memory,
  request: RunRequest,
  until: Date | undefined,
): DueCell {
  const known = memory(asset.dataset, asset.ticker, date);
  const cell = { asset, date, known };
  const day = asset.calendar.day(date);
  if (!day.isOpen) return { ...cell, fate: { kind: 'closed', reason: day.note ?? 'no session' } };
  if (known?.state === 'skipped') return { ...cell, fate: { kind: 'skipped' } };
  const isForced = request.kind === 'backfill' && request.force;
  if (known?.state === 'closed' && known.batch && !isForced) {
    return {
      ...cell,
      fate: { kind: 'closed', reason: known.reason ?? 'the source has no session that day' },
    };
  }
  if (known?.state === 'published' && !isForced) return { ...cell, fate: { kind: 'published' } };
  if (until) return { ...cell, fate: { kind: 'waiting', until: until.toISOString() } };
  return { ...cell, fate: { kind: 'todo' } };
}

function withinHistory<T extends { asset: PlannedAsset; date: PartitionDate }>(
  cells: readonly T[],
  request: RunRequest,
  now: Date,
): T[] {
  const isBeyond = ({ asset, date }: T): boolean => date < (earliestDate(asset, now) ?? date);
  const beyond = cells.find(isBeyond);
  if (!beyond) return [...cells];
  if (request.kind !== 'backfill' || request.clip) return cells.filter((cell) => !isBeyond(cell));
  const { source, days } = { source: beyond.asset.dataset, days: beyond.asset.historyDays ?? 0 };
  throw new PlanError(
    `${beyond.asset.ticker} ${beyond.date} lies beyond what ${source} gives on its plan: ${days} days back, ` +
      `to ${earliestDate(beyond.asset, now) ?? ''}. Ask for a later start, add --clip to take the rest, or set sources.*.plan.historyDays in marketlake.yaml.`,
  );
}

/** The oldest date a source's plan gives; null: no limit. */
export function earliestDate(asset: PlannedAsset, now: Date): PartitionDate | null {
  return asset.historyDays === null ? null : addDays(now.toISOString().slice(0, 10), -asset.historyDays);
}
