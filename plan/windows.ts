import { addDays, type PartitionDate } from '../workflows/pure/cell.ts';
import { stagedWindowId, windowId } from '../workflows/pure/ids.ts';
import type { BatchRef, Look, WindowTask } from '../workflows/pure/run.ts';
import type { DueCell, PlannedAsset } from './due-cells.ts';
import { isMember } from './planned-snapshots.ts';
import { snapshotWindows, stagedSnapshotWindows } from './snapshot-windows.ts';
import { fewestRequests } from './fewest-requests.ts';

/** So many dates at the most stand in one window, which keeps its payload well below Temporal's limits. */
const datesInWindow = 5_000;

/** Plans the fewest windows that cover the cells to do: ranges of one ticker, or whole days of a market. */
export function planWindows(cells: readonly DueCell[], isForced: boolean): WindowTask[] {
  const snapshots = cells.filter(({ asset }) => asset.coverage.isSnapshot);
  if (snapshots.length > 0) {
    const others = cells.filter(({ asset }) => !asset.coverage.isSnapshot);
    const members = snapshots.filter(({ asset }) => isMember(asset));
    const days = snapshots.filter(({ asset }) => !isMember(asset));
    return [...planWindows(others, isForced), ...stagedSnapshotWindows(members), ...snapshotWindows(days)];
  }
  const isStaged = (cell: DueCell): boolean =>
    'cause' in cell.fate || (cell.fate.kind !== 'look' && !isForced && hasUsableBatch(cell));
  const fresh = cells.filter((cell) => !isStaged(cell));
  return [...stagedWindows(cells.filter(isStaged)), ...namingLooks(fetchedWindows(fresh), fresh)];
}

/** Says of each window which of its cells are looked at again. */
function namingLooks(windows: readonly WindowTask[], cells: readonly DueCell[]): WindowTask[] {
  const looks = new Map<string, Map<PartitionDate, Look>>();
  const keyOf = (dataset: string, ticker: string): string => `${dataset}/${ticker}`;
  for (const { asset, date, fate } of cells) {
    if (fate.kind !== 'look') continue;
    const key = keyOf(asset.dataset, asset.ticker);
    looks.set(key, (looks.get(key) ?? new Map<PartitionDate, Look>()).set(date, fate.look));
  }
  if (looks.size === 0) return [...windows];
  return windows.map((window) => {
    const own = window.assets.flatMap(({ ticker }) => {
      const known = looks.get(keyOf(window.dataset, ticker));
      const dated = window.dates.flatMap((date) => {
        const look = known?.get(date);
        return look === undefined ? [] : [[date, look] as const];
      });
      return dated.length === 0 ? [] : [[ticker, Object.fromEntries(dated)] as const];
    });
    return own.length === 0 ? window : { ...window, looks: Object.fromEntries(own) };
  });
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

/** The cells to do of one asset, in the order in which they were given. */
interface Lot {
  readonly asset: PlannedAsset;
  readonly dates: PartitionDate[];
}

/** Gathers cells by asset: what comes after works on hundreds of assets, not on a million cells. */
function lotsOf(cells: readonly DueCell[]): Lot[] {
  const lots = new Map<PlannedAsset, Lot>();
  for (const { asset, date } of cells) {
    const lot = lots.get(asset);
    if (lot) lot.dates.push(date);
    else lots.set(asset, { asset, dates: [date] });
  }
  return [...lots.values()];
}

function fetchedWindows(cells: readonly DueCell[]): WindowTask[] {
  const groupOf = ({ asset }: Lot): string | null => asset.coverage.groupOf(asset.symbol);
  const markets = groupBy(lotsOf(cells), (lot) => `${lot.asset.dataset}/${groupOf(lot) ?? ''}`);
  return [...markets.values()].flatMap((market) => {
    const group = market[0] ? groupOf(market[0]) : null;
    return group === null ? market.flatMap(rangeWindows) : coveredWindows(market, group);
  });
}

function coveredWindows(lots: readonly Lot[], group: string): WindowTask[] {
  const wanted = new Map(lots.map(({ asset, dates }) => [asset.ticker, new Set(dates)]));
  const cover = fewestRequests(wanted);
  const byRange = lots.filter(({ asset }) => cover.rows.has(asset.ticker));
  const byDay = new Map<PartitionDate, PlannedAsset[]>();
  for (const { asset, dates } of lots) {
    if (cover.rows.has(asset.ticker)) continue;
    for (const date of dates) {
      const day = byDay.get(date);
      if (day) day.push(asset);
      else byDay.set(date, [asset]);
    }
  }
  return [
    ...byRange.flatMap(rangeWindows),
    ...[...byDay].map(([date, assets]) => groupedWindow(group, date, assets)),
  ];
}

function rangeWindows({ asset, dates }: Lot): WindowTask[] {
  const sorted = [...dates].sort();
  return spans(sorted, asset.coverage.maxRangeDays).map((span) => rangeWindow(asset, span));
}

/** Cuts dates into stretches that one request can reach over. */
function spans(dates: readonly PartitionDate[], maxRangeDays: number | null): PartitionDate[][] {
  const result: PartitionDate[][] = [];
  let end: PartitionDate | null = null;
  for (const date of dates) {
    const current = result.at(-1);
    if (current && current.length < datesInWindow && (end === null || date < end)) current.push(date);
    else {
      result.push([date]);
      end = maxRangeDays === null ? null : addDays(date, maxRangeDays);
    }
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

function groupedWindow(group: string, date: PartitionDate, assets: readonly PlannedAsset[]): WindowTask {
  const { dataset } = assets[0] as PlannedAsset;
  return {
    id: windowId(dataset, `all.${group}`, date, date),
    dataset,
    ask: { kind: 'grouped', group, date },
    assets: assets.map(({ ticker, symbol }) => ({ ticker, symbol })),
    dates: [date],
  };
}

/** Gathers items by a key, in the order in which the keys came. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
