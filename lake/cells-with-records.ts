import { datasetId, type CellKey, type DatasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import { readSegment } from './layout.ts';
import type { Store } from './store.ts';

/** Which cells are wanted; what is left out is no bound. Dates are inclusive. */
export interface CellFilter {
  readonly dataset?: DatasetId;
  readonly tickers?: readonly string[];
  readonly from?: PartitionDate;
  readonly to?: PartitionDate;
}

/** Goes through every cell that has records, by dataset, ticker and date, a ticker at a time in memory. */
export async function* cellsWithRecords(store: Store, filter: CellFilter = {}): AsyncGenerator<CellKey> {
  for (const source of await keysIn(store, 'records/cells', 'source')) {
    for (const resource of await keysIn(store, source.folder, 'resource')) {
      const dataset = datasetId(source.value, resource.value);
      if (filter.dataset !== undefined && filter.dataset !== dataset) continue;
      for (const ticker of await keysIn(store, resource.folder, 'ticker')) {
        if (filter.tickers && !filter.tickers.includes(ticker.value)) continue;
        for (const date of await keysIn(store, ticker.folder, 'date')) {
          if (isWithin(date.value, filter)) yield { dataset, ticker: ticker.value, date: date.value };
        }
      }
    }
  }
}

/** The folders `name=VALUE` below a folder, sorted; others are nobody's. */
export async function keysIn(
  store: Store,
  folder: string,
  name: string,
): Promise<{ readonly folder: string; readonly value: string }[]> {
  const prefix = `${name}=`;
  const names = (await store.namesIn(folder)).filter((entry) => entry.startsWith(prefix)).sort();
  return names.flatMap((entry) => {
    const value = readSegment(entry.slice(prefix.length));
    return value === undefined ? [] : [{ folder: `${folder}/${entry}`, value }];
  });
}

function isWithin(date: PartitionDate, { from, to }: CellFilter): boolean {
  return (from === undefined || date >= from) && (to === undefined || date <= to);
}
