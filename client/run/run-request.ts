import { createHash } from 'node:crypto';
import { dueCells } from '../../plan/due-cells.ts';
import { newestFinalDate } from '../../plan/finality.ts';
import { addDays, isPartitionDate, utcDateOf, type PartitionDate } from '../../workflows/pure/cell.ts';
import { backfillId, dailyId } from '../../workflows/pure/ids.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** The flags of a backfill, as typed. */
export interface BackfillFlags {
  readonly days?: string;
  readonly from?: string;
  readonly to?: string;
  readonly tickers?: string;
  readonly force?: boolean;
  readonly clip?: boolean;
  readonly grain?: string;
}

/** A request and the id of the run that carries it out. */
export interface NamedRequest {
  readonly run: string;
  readonly request: RunRequest;
}

const defaultDays = 90;

/**
 * Turns the flags of a backfill into a request.
 * @throws WrongUse for what cannot be meant, PlanError for what lies beyond a source's history.
 */
export async function backfillRequest(
  flags: BackfillFlags,
  lake: OpenLake,
  now: Date,
): Promise<NamedRequest> {
  const request: RunRequest = {
    kind: 'backfill',
    range: rangeOf(flags, now),
    tickers: tickersOf(flags.tickers, lake),
    force: flags.force ?? false,
    clip: flags.clip ?? false,
    ...(flags.grain === undefined ? {} : { grain: grainOf(flags.grain) }),
  };
  const assets = await lake.planned(now);
  dueCells(request, assets, () => undefined, now);
  const newest = newestFinalDate(
    now,
    assets.map((asset) => asset.final),
  );
  const { range } = request;
  const [from, to] = 'from' in range ? [range.from, range.to] : [addDays(newest, 1 - range.days), newest];
  return { run: backfillId(from, to, hashOf(request)), request };
}

/**
 * Adds today's snapshots to the backfill of a first start, so that no day is lost before the first daily run. In the sample
 * market none is lost, and a newcomer's first run stays as quick as it is.
 */
export function withTodaysSnapshots(
  named: NamedRequest,
  { settings }: Pick<OpenLake, 'settings'>,
  now: Date,
): NamedRequest {
  const { request } = named;
  const isLeftOut = settings.market === 'sample' || settings.snapshots.length === 0;
  if (isLeftOut || request.kind !== 'backfill') return named;
  return { ...named, request: { ...request, snapshotDate: utcDateOf(now.getTime()) } };
}

/**
 * Turns the flag of a daily run into a request; without a date it is the newest that is final, and today's snapshots are
 * taken too.
 */
export async function dailyRequest(
  date: string | undefined,
  lake: OpenLake,
  now: Date,
): Promise<NamedRequest> {
  if (date !== undefined) {
    const day = checkedDate('--date', date, now);
    return { run: dailyId(day), request: { kind: 'daily', date: day, isExplicit: true } };
  }
  const assets = await lake.planned(now);
  const day = newestFinalDate(
    now,
    assets.map((asset) => asset.final),
  );
  const snapshotDate = utcDateOf(now.getTime());
  return { run: dailyId(day), request: { kind: 'daily', date: day, isExplicit: false, snapshotDate } };
}

function rangeOf(flags: BackfillFlags, now: Date): Extract<RunRequest, { kind: 'backfill' }>['range'] {
  if (flags.from === undefined && flags.to === undefined) return { days: daysOf(flags.days) };
  if (flags.days !== undefined) throw new WrongUse('Give either --days or --from and --to, not both.');
  if (flags.from === undefined) throw new WrongUse('--to needs --from: write --from YYYY-MM-DD too.');
  const from = checkedDate('--from', flags.from, now);
  const to = flags.to === undefined ? utcDateOf(now.getTime()) : checkedDate('--to', flags.to, now);
  if (from > to) throw new WrongUse(`--from ${from} lies after --to ${to}: write the earlier date first.`);
  return { from, to };
}

const grains = ['auto', 'cell', 'month'] as const;

function grainOf(text: string): (typeof grains)[number] {
  const grain = grains.find((one) => one === text);
  if (grain) return grain;
  throw new WrongUse(`--grain ${text}: write ${grains.join(', ')}.`);
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return defaultDays;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 36_525) return days;
  throw new WrongUse(`--days ${text}: write a whole number of days, 1 or more.`);
}

/** Reads a date that a person typed; it must exist and not lie in the future. */
export function checkedDate(name: string, text: string, now: Date): PartitionDate {
  if (!isPartitionDate(text))
    throw new WrongUse(`${name} ${text}: there is no such date. Write YYYY-MM-DD, such as 2026-11-19.`);
  const today = utcDateOf(now.getTime());
  if (text > today) throw new WrongUse(`${name} ${text} lies in the future: today is ${today} in UTC.`);
  return text;
}

/** Reads the tickers that a person listed; null where none were, which means every one. */
export function tickersOf(text: string | undefined, lake: OpenLake): string[] | null {
  if (text === undefined) return null;
  const tickers = text
    .split(',')
    .map((ticker) => ticker.trim())
    .filter(Boolean);
  if (tickers.length === 0) throw new WrongUse('--tickers is empty: name some, such as --tickers BTC,AAPL.');
  for (const ticker of tickers) checkTicker(ticker, lake);
  return [...new Set(tickers)].sort();
}

/** Refuses a ticker that is not configured. */
export function checkTicker(ticker: string, lake: OpenLake): void {
  const known = lake.settings.assets.map((asset) => asset.ticker);
  if (known.includes(ticker)) return;
  throw new WrongUse(
    `"${ticker}" is no ticker of this lake. Known: ${known.join(', ')}. Add it to marketlake.yaml first.`,
  );
}

function hashOf(request: RunRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 8);
}
