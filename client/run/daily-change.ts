import { existsSync } from 'node:fs';
import { z } from 'zod';
import { restatedSinceSql } from '../../report/read/report-sql.ts';
import { restatementRow } from '../../report/read/rows.ts';
import { restatementWords, type RestatementEvent } from '../../report/words/restatement-words.ts';
import { WarehouseReader } from '../../report/read/warehouse-reader.ts';
import { addDays, type PartitionDate } from '../../workflows/pure/cell.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { CellStanding } from './cells-of-request.ts';

const moveRow = z.object({
  ticker: z.string(),
  returnPct: z.number().nullable(),
  previousDate: z.string().nullable(),
});
const restatedRow = z.object({ ticker: z.string(), date: z.string() });
const countsRow = z.object({ published: z.number(), refused: z.number(), failed: z.number() });

/** The close of one asset against the one before it. */
export type Move = Readonly<z.infer<typeof moveRow>>;

/** What changed since the daily run before: prices from the warehouse, cells from the records. */
export interface DailyChange {
  readonly date: PartitionDate;
  /** When the daily run before this one ended; null where this is the first. */
  readonly since: string | null;
  readonly moves: readonly Move[];
  /** Assets that have no close on that day, with the state of their cell and why. */
  readonly without: readonly {
    readonly ticker: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
  readonly published: number;
  readonly restated: readonly Readonly<z.infer<typeof restatedRow>>[];
  /** Those of them that belong together, as after a split, largest first; from the warehouse. */
  readonly events: readonly (RestatementEvent & { readonly ticker: string })[];
  readonly refused: number;
  readonly failed: number;
}

/** Reads what changed by a daily run and since the one before; `cells` are those that the run looked at. */
export async function readDailyChange(
  open: OpenLake,
  run: string,
  date: PartitionDate,
  cells: readonly CellStanding[],
): Promise<DailyChange> {
  const moves = await movesOn(open, date);
  const moved = new Set(moves.map(({ ticker }) => ticker));
  const without = cells
    .filter((cell) => cell.date === date && !moved.has(cell.ticker))
    .map(({ ticker, state, reason }) => ({ ticker, state, reason: reason ?? null }));
  const recorded = await recordedSince(open, run);
  const events = await eventsSince(open, recorded.since);
  return { date, moves, without, ...recorded, events };
}

/** The newest close of a day's assets against the close before; none where there is no warehouse yet. */
async function movesOn(open: OpenLake, date: PartitionDate): Promise<Move[]> {
  const path = open.store.pathOf('warehouse.duckdb');
  if (!existsSync(path)) return [];
  const reader = await WarehouseReader.open(path);
  try {
    const moves = await reader.rows(
      moveRow,
      ['marts.fct_daily_returns'],
      `select ticker, 100 * simple_return as "returnPct", previous_date::varchar as "previousDate"
       from marts.fct_daily_returns where price_date = date '${date}'`,
    );
    const order = open.settings.assets.map(({ ticker }) => ticker);
    return moves
      .filter(({ ticker }) => order.includes(ticker))
      .sort((left, right) => order.indexOf(left.ticker) - order.indexOf(right.ticker));
  } finally {
    reader.close();
  }
}

/** Restatements of several closes by one ratio, as the warehouse has found them. */
async function eventsSince(open: OpenLake, since: string | null): Promise<DailyChange['events']> {
  const path = open.store.pathOf('warehouse.duckdb');
  if (!existsSync(path)) return [];
  const reader = await WarehouseReader.open(path);
  try {
    const sql = restatedSinceSql(since ?? '1970-01-01T00:00:00Z');
    const events = await reader.rows(restatementRow, ['metadata.restatements'], sql);
    return events.filter(({ cells }) => cells > 1).map(({ event_id: _id, ...event }) => event);
  } finally {
    reader.close();
  }
}

async function recordedSince(
  open: OpenLake,
  run: string,
): Promise<Pick<DailyChange, 'since' | 'published' | 'restated' | 'refused' | 'failed'>> {
  const [last] = await open.index.rows(
    `select strftime(max(recorded_at) at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') as since from run_records
     where event = 'ended' and run like 'daily/%' and run <> $run`,
    { run },
  );
  const since = z
    .string()
    .nullable()
    .parse(last?.['since'] ?? null);
  const after = { after: since ?? '1970-01-01T00:00:00Z' };
  const restated = await open.index.rows(
    `select distinct ticker, date::varchar as date from cell_records
     where event = 'published' and supersedes_number is not null and recorded_at > $after::timestamptz
     order by date desc, ticker`,
    after,
  );
  const [counts] = await open.index.rows(
    `select
         (select count(distinct (source, resource, ticker, date)) from cell_records
          where event = 'published' and supersedes_number is null and recorded_at > $after::timestamptz)::integer as published,
         (select count(*) from cells where state = 'refused' and recorded_at > $after::timestamptz)::integer as refused,
         (select count(*) from cells where state = 'failed' and recorded_at > $after::timestamptz)::integer as failed`,
    after,
  );
  return { since, restated: z.array(restatedRow).parse(restated), ...countsRow.parse(counts) };
}

/** More assets than this are not all named: those that moved most are. */
const movesNamed = 8;
const restatedNamed = 3;

/** Says what changed in one line: `2026-11-19: BTC +1.20 %, SPY -0.30 %; so far: 7 cells published, …`. */
export function dailyLine(change: DailyChange): string {
  const { published, restated, refused, failed, since } = change;
  const counts = [
    `${published} ${published === 1 ? 'cell' : 'cells'} published`,
    `${restated.length} restated${restatedWords(change)}`,
    `${refused} refused`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const opening =
    since === null ? 'so far' : `since the daily run of ${since.slice(0, 16).replace('T', ' ')}Z`;
  return `${change.date}: ${[...priceWords(change), ...withoutWords(change)].join('; ')}; ${opening}: ${counts.join(', ')}`;
}

function priceWords({ moves, date }: DailyChange): string[] {
  const compared = moves.filter((move): move is Move & { returnPct: number } => move.returnPct !== null);
  const first = moves.filter(({ returnPct }) => returnPct === null).map(({ ticker }) => ticker);
  const named =
    compared.length <= movesNamed
      ? compared
      : [...compared]
          .sort((left, right) => Math.abs(right.returnPct) - Math.abs(left.returnPct))
          .slice(0, movesNamed);
  const more =
    compared.length > named.length ? [`and ${compared.length - named.length} that moved less`] : [];
  const words = named.map(({ ticker, returnPct, previousDate }) => {
    const percent = `${returnPct >= 0 ? '+' : ''}${returnPct.toFixed(2)} %`;
    return `${ticker} ${percent}${previousDate === addDays(date, -1) ? '' : ` since ${previousDate ?? ''}`}`;
  });
  return [
    ...(words.length > 0 ? [[...words, ...more].join(', ')] : []),
    ...(first.length > 0 ? [`first close of ${listed(first)}`] : []),
  ];
}

/** Closed markets and whatever else left an asset without a close, alike reasons together. */
function withoutWords({ without, moves }: DailyChange): string[] {
  const alike = new Map<string, string[]>();
  for (const { ticker, state, reason } of without) {
    const words = state === 'closed' ? `closed (${reason ?? 'no session'})` : state;
    alike.set(words, [...(alike.get(words) ?? []), ticker]);
  }
  const words = [...alike].map(([state, tickers]) => `${listed(tickers)} ${state}`);
  return moves.length + words.length === 0 ? ['no close yet'] : words;
}

function restatedWords({ restated, events }: DailyChange): string {
  if (restated.length === 0) return '';
  const together = events.slice(0, restatedNamed);
  const alone = restated
    .filter((cell) => !together.some((event) => event.ticker === cell.ticker && isWithin(cell, event)))
    .slice(0, restatedNamed - together.length);
  const told = together.reduce((sum, { cells }) => sum + cells, alone.length);
  const words = [
    ...together.map((event) => `${event.ticker}: ${restatementWords(event)}`),
    ...alone.map(({ ticker, date }) => `${ticker} ${date}`),
    ...(restated.length > told ? [`and ${restated.length - told} more`] : []),
  ];
  return ` (${words.join(', ')})`;
}

function isWithin({ date }: { readonly date: string }, { firstDate, lastDate }: RestatementEvent): boolean {
  return date >= firstDate && date <= lastDate;
}

function listed(tickers: readonly string[]): string {
  const named = tickers.slice(0, movesNamed).join(', ');
  return tickers.length > movesNamed ? `${named} and ${tickers.length - movesNamed} more` : named;
}
