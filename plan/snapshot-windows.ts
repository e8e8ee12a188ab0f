import { stagedWindowId, windowId } from '../workflows/pure/ids.ts';
import type { BatchRef, WindowTask } from '../workflows/pure/run.ts';
import { wholeDayTicker } from '../sources/snapshot.ts';
import type { DueCell } from './due-cells.ts';

/** Plans one window for each day of a snapshot that is to be taken; until it is staged one cell stands for all. */
export function snapshotWindows(days: readonly DueCell[]): WindowTask[] {
  return days.map(({ asset: { dataset, ticker, symbol, coverage, top = 1, since }, date }) => ({
    id: windowId(dataset, `${wholeDayTicker}.${since ? 'since' : 'top'}${since ?? top}`, date, date),
    dataset,
    ask: { kind: 'snapshot', top, date, ...(since ? { since } : {}) },
    assets: [{ ticker, symbol }],
    dates: [date],
    grain: 'lot',
    pages: Math.ceil(top / (coverage.rowsOnPage ?? top)),
  }));
}

/** Plans one window for the members of each staged snapshot: nothing is asked for, however many they are. */
export function stagedSnapshotWindows(members: readonly DueCell[]): WindowTask[] {
  const groups = new Map<string, DueCell[]>();
  for (const cell of members) {
    const key = `${cell.asset.dataset}/${batchOf(cell)?.id ?? ''}/${causeOf(cell).cause ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups.values()].flatMap((group): WindowTask[] => {
    const [first] = group;
    const batch = first && batchOf(first);
    if (!first || !batch) return [];
    const { dataset, top = 1 } = first.asset;
    return [
      {
        id: stagedWindowId(dataset, wholeDayTicker, batch.id),
        dataset,
        ask: { kind: 'snapshot', top, date: first.date },
        assets: group.map(({ asset: { ticker, symbol } }) => ({ ticker, symbol })),
        dates: [first.date],
        batch,
        ...causeOf(first),
      },
    ];
  });
}

function batchOf({ fate, known }: DueCell): BatchRef | undefined {
  return 'cause' in fate ? fate.batch : known?.batch;
}

function causeOf({ fate }: DueCell): Pick<WindowTask, 'cause'> {
  return 'cause' in fate ? { cause: fate.cause } : {};
}
