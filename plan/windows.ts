import { addDays, type PartitionDate } from '../workflows/pure/cell.ts';
import { stagedWindowId, windowId } from '../workflows/pure/ids.ts';
import type { BatchRef, WindowTask } from '../workflows/pure/run.ts';
import type { DueCell, PlannedAsset } from './due-cells.ts';
import { fewestRequests } from './fewest-requests.ts';

/** So many dates at the most stand in one window, which keeps its payload well below Temporal's limits. */
const datesInWindow = 5_000;

/** Plans the fewest windows that cover the cells to do: ranges of one ticker, or whole days of a market. */
export function planWindows(cells: readonly DueCell[], isForced: boolean): WindowTask[] {
  const isStaged = (cell: DueCell): boolean => 'cause' in cell.fate || (!isForced && hasUsableBatch(cell));
  const fresh = cells.filter((cell) => !isStaged(cell));
  return [...stagedWindows(cells.filter(isStaged)), ...fetchedWindows(fresh)];
}

/** Codes that say of a batch itself that it is no good for the cell. */
const badBatchCodes: ReadonlySet<string | undefined> = new Set(['NoData', 'LakeDamaged']);

/** Trouble after staging (a full disk, say) leaves a good batch; only an answer that was no good is asked anew. */
function hasUsableBatch(cell: DueCell): boolean {
  return (
    cell.known?.state === 'failed' && cell.known.batch !== undefined && !badBatchCodes.has(cell.known.code)
  );
}

function stagedWindows(cells: readonly DueCell[]): WindowTask[] {
  const batchOf = (cell: DueCell): BatchRef | undefined =>
    'cause' in cell.fate ? cell.fate.batch : cell.known?.batch;
  const causeOf = ({ fate }: DueCell): Pick<WindowTask, 'cause'> =>
    'cause' in fate ? { cause: fate.cause } : {};
  const groups = groupBy(
    cells,
    (cell) =>
      `${batchOf(cell)?.id ?? ''}/${cell.asset.ticker}/${cell.asset.symbol}/${causeOf(cell).cause ?? ''}`,
  );
  return [...groups.values()].map((group) => {
    const first = group[0] as DueCell;
    const batch = batchOf(first) as BatchRef;
    const range = rangeWindow(
      first.asset,
      group.map((cell) => cell.date),
    );
    const id = stagedWindowId(first.asset.dataset, first.asset.ticker, batch.id);
    return { ...range, id, batch, ...causeOf(first) };
  });
}

function fetchedWindows(cells: readonly DueCell[]): WindowTask[] {
  const markets = groupBy(
    cells,
    ({ asset }) => `${asset.dataset}/${asset.coverage.groupOf(asset.symbol) ?? ''}`,
  );
  return [...markets.values()].flatMap((market) => {
    const group = market[0]?.asset.coverage.groupOf(market[0].asset.symbol) ?? null;
    return group === null ? rangeWindows(market) : coveredWindows(market, group);
  });
}

function coveredWindows(cells: readonly DueCell[], group: string): WindowTask[] {
  const byTicker = groupBy(cells, (cell) => cell.asset.ticker);
  const wanted = new Map(
    [...byTicker].map(([ticker, own]) => [ticker, new Set(own.map((cell) => cell.date))]),
  );
  const cover = fewestRequests(wanted);
  const byRange = cells.filter((cell) => cover.rows.has(cell.asset.ticker));
  const byDay = groupBy(
    cells.filter((cell) => !cover.rows.has(cell.asset.ticker)),
    (cell) => cell.date,
  );
  return [...rangeWindows(byRange), ...[...byDay].map(([date, day]) => groupedWindow(group, date, day))];
}

function rangeWindows(cells: readonly DueCell[]): WindowTask[] {
  return [...groupBy(cells, (cell) => cell.asset.ticker).values()].flatMap((own) => {
    const asset = (own[0] as DueCell).asset;
    const dates = own.map((cell) => cell.date).sort();
    return spans(dates, asset.coverage.maxRangeDays).map((span) => rangeWindow(asset, span));
  });
}

/** Cuts dates into stretches that one request can reach over. */
function spans(dates: readonly PartitionDate[], maxRangeDays: number | null): PartitionDate[][] {
  const result: PartitionDate[][] = [];
  for (const date of dates) {
    const current = result.at(-1);
    const first = current?.[0];
    const fits =
      current &&
      first &&
      current.length < datesInWindow &&
      (maxRangeDays === null || date < addDays(first, maxRangeDays));
    if (fits) current.push(date);
    else result.push([date]);
  }
  return result;
}

function rangeWindow(asset: PlannedAsset, dates: readonly PartitionDate[]): WindowTask {
  const sorted = [...dates].sort();
  const from = sorted[0] as PartitionDate;
  const to = sorted.at(-1) as PartitionDate;
  return {
    id: windowId(asset.dataset, asset.ticker, from, to),
    dataset: asset.dataset,
    ask: { kind: 'range', symbol: asset.symbol, from, to },
    assets: [{ ticker: asset.ticker, symbol: asset.symbol }],
    dates: sorted,
  };
}

function groupedWindow(group: string, date: PartitionDate, cells: readonly DueCell[]): WindowTask {
  const first = cells[0] as DueCell;
  return {
    id: windowId(first.asset.dataset, `all.${group}`, date, date),
    dataset: first.asset.dataset,
    ask: { kind: 'grouped', group, date },
    assets: cells.map(({ asset }) => ({ ticker: asset.ticker, symbol: asset.symbol })),
    dates: [date],
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
