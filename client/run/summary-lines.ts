import { existsSync } from 'node:fs';
import { z } from 'zod';
import { cellStates } from '../../workflows/pure/cell.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { table } from '../command/table.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { CellStanding } from './cells-of-request.ts';

/** One asset's line in the table that ends a run. */
export interface AssetSummary {
  readonly ticker: string;
  readonly states: Readonly<Record<string, number>>;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly lastClose: number | null;
  /** Last close over first close of the window, less one, in percent. */
  readonly returnPct: number | null;
}

/** Sums cells up by asset, with the closes that the warehouse has for the same window. */
export async function summarize(lake: OpenLake, cells: readonly CellStanding[]): Promise<AssetSummary[]> {
  const tickers = [...new Set(cells.map((cell) => cell.ticker))];
  const dates = cells.map((cell) => cell.date).sort();
  const closes = await closesOf(lake, dates[0] ?? '', dates.at(-1) ?? '');
  return tickers.map((ticker) => {
    const own = cells.filter((cell) => cell.ticker === ticker);
    const counts = cellStates.map(
      (state) => [state, own.filter((cell) => cell.state === state).length] as const,
    );
    const states = Object.fromEntries(counts.filter(([, count]) => count > 0));
    return { ticker, states, ...(closes.get(ticker) ?? noCloses) };
  });
}

/** Lays summaries out as a table. */
export function summaryTable(summaries: readonly AssetSummary[], market: string): string[] {
  const head = ['asset', 'cells', 'first', 'last', 'last close', 'return'];
  const rows = summaries.map((summary) => [
    summary.ticker,
    Object.entries(summary.states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', '),
    summary.firstDate ?? '–',
    summary.lastDate ?? '–',
    summary.lastClose === null ? '–' : formatPrice(summary.lastClose),
    summary.returnPct === null
      ? '–'
      : `${summary.returnPct >= 0 ? '+' : ''}${summary.returnPct.toFixed(2)} %`,
  ]);
  const lines = table([head, ...rows], new Set([4, 5]));
  return market === 'sample'
    ? [...lines, 'These prices are synthetic: they come from the sample market.']
    : lines;
}

/**
 * Says what failed, alike reasons in one line, each with the command that mends it; or that all is well:
 * `hadWork` tells whether something was done for it.
 */
export function endingLines(cells: readonly CellStanding[], hadWork = false): string[] {
  const bad = cells.filter(({ state }) => ['refused', 'failed', 'missing'].includes(state));
  if (bad.length === 0) {
    const counts = cellStates
      .map((state) => ({ state, count: cells.filter((cell) => cell.state === state).length }))
      .filter(({ count }) => count > 0);
    return [
      `${hadWork ? 'all there' : 'nothing to do'}: ${counts.map(({ state, count }) => `${count} ${state}`).join(', ')}`,
    ];
  }
  return groupAlike(bad).flatMap((group) => troubleLines(group));
}

/** More tickers than this are counted, not named. */
const tickersNamed = 10;

function troubleLines(group: readonly CellStanding[]): string[] {
  const first = group[0] as CellStanding;
  const dates = group.map((cell) => cell.date).sort();
  const tickers = [...new Set(group.map((cell) => cell.ticker))];
  const isNamed = tickers.length <= tickersNamed;
  const span =
    group.length === 1
      ? first.date
      : `${dates[0] ?? ''} … ${dates.at(-1) ?? ''} (${countOf(group.length, 'cell')})`;
  const reason = first.reason ?? (first.state === 'missing' ? 'nothing has been done yet.' : '');
  const mendOne = `npx tsx client/retry.ts ${first.date} ${first.ticker}`;
  const mendAll =
    first.state === 'missing'
      ? `npx tsx client/backfill.ts --from ${dates[0] ?? ''} --to ${dates.at(-1) ?? ''}${isNamed ? ` --tickers ${tickers.join(',')}` : ''}`
      : 'npx tsx client/retry.ts --all';
  return [
    `${isNamed ? tickers.join(', ') : `${tickers.length} tickers`} ${span} ${first.state}: ${reason}`,
    ...(first.fallback === undefined ? [] : [`  meanwhile the price is from ${first.fallback}`]),
    `  mend it with: ${group.length === 1 ? mendOne : mendAll}`,
  ];
}

function groupAlike(cells: readonly CellStanding[]): CellStanding[][] {
  const groups = new Map<string, CellStanding[]>();
  for (const cell of cells) {
    // What nobody has begun has no reason of its own: one line for all of it.
    const key =
      cell.state === 'missing' && cell.reason === undefined
        ? `missing/${cell.fallback ?? ''}`
        : `${cell.fallback ?? ''}/${cell.ticker}/${cell.state}/${cell.code ?? ''}/${cell.state === 'refused' ? cell.date : (cell.reason ?? '')}`;
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups.values()];
}

type Closes = Omit<AssetSummary, 'ticker' | 'states'>;

const closesRow = z.object({
  ticker: z.string(),
  firstDate: z.string(),
  lastDate: z.string(),
  lastClose: z.number(),
  returnPct: z.number(),
});

const noCloses: Closes = { firstDate: null, lastDate: null, lastClose: null, returnPct: null };

async function closesOf(lake: OpenLake, from: string, to: string): Promise<Map<string, Closes>> {
  const path = lake.store.pathOf('warehouse.duckdb');
  if (!existsSync(path)) return new Map();
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `select
           ticker, min(price_date)::varchar as "firstDate", max(price_date)::varchar as "lastDate",
           max_by(close, price_date) as "lastClose",
           100 * (max_by(close, price_date) / min_by(close, price_date) - 1) as "returnPct"
       from marts.fct_daily_prices
       where price_status = 'OBSERVED' and price_date between $from::date and $to::date
       group by ticker`,
      { from, to },
    );
    connection.closeSync();
    const rows = z.array(closesRow).parse(reader.getRowObjectsJson());
    return new Map(rows.map(({ ticker, ...closes }) => [ticker, closes]));
  } finally {
    instance.closeSync();
  }
}

/** Six significant digits, more than enough to recognise a price. */
function formatPrice(price: number): string {
  return price >= 1000 ? price.toFixed(2) : price.toPrecision(6);
}
