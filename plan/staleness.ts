import type { LakeIndex } from '../lake/lake-index.ts';
import {
  addDays,
  datasetId,
  daysBetween,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import { wholeDayTicker } from '../sources/snapshot.ts';
import { everySource, type PlannedAsset } from './due-cells.ts';
import { lastFinalDate } from './finality.ts';

/** How far an asset lags behind the newest day that it could have. */
export interface Staleness {
  readonly dataset: DatasetId;
  readonly ticker: string;
  /** The newest published day, from whichever of its sources; null where there is none. */
  readonly newest: PartitionDate | null;
  /** The newest open day that is final; null where its calendar has none in the last weeks. */
  readonly due: PartitionDate | null;
  /** Calendar days from `newest` to `due`; 0 where nothing is missing at the end. */
  readonly days: number;
}

const longestClosureDays = 30;

/**
 * Measures every asset against its own last final open day, so that neither a weekend nor a source's hour makes one stale.
 * A snapshot is measured as a whole, by the newest day that was taken. An asset that was never published is counted from `since`, the day its lake was made.
 */
export async function readStaleness(
  index: Pick<LakeIndex, 'rows'>,
  assets: readonly PlannedAsset[],
  now: Date,
  since: PartitionDate,
): Promise<Staleness[]> {
  const rows = await index.rows(
    `select source, resource, ticker, max(date)::varchar as newest from publications group by all
     union all
     select source, resource, '${wholeDayTicker}' as ticker, max(date)::varchar as newest from snapshots group by all`,
  );
  // The query's own columns, none of them null.
  const newestOf = new Map(
    (rows as Record<'source' | 'resource' | 'ticker' | 'newest', string>[]).map((row) => [
      `${datasetId(row.source, row.resource)}/${row.ticker}`,
      row.newest,
    ]),
  );
  return assets.map((asset) => {
    const { dataset, ticker } = asset;
    const dates = everySource([asset]).flatMap((from) => newestOf.get(`${from.dataset}/${ticker}`) ?? []);
    const newest = dates.sort().at(-1) ?? null;
    const due = newestDueDate(asset, now, newest);
    return { dataset, ticker, newest, due, days: daysLate(newest, due, since) };
  });
}

/** The newest final open day; nobody need look further back than what is published. */
function newestDueDate(asset: PlannedAsset, now: Date, newest: PartitionDate | null): PartitionDate | null {
  const last = lastFinalDate(now, asset.final);
  for (let back = 0; back < longestClosureDays; back += 1) {
    const date = addDays(last, -back);
    if (newest !== null && date < newest) return null;
    if (asset.calendar.day(date).isOpen) return date;
  }
  return null;
}

function daysLate(newest: PartitionDate | null, due: PartitionDate | null, since: PartitionDate): number {
  if (due === null) return 0;
  if (newest === null) return Math.max(1, daysBetween(since, due) + 1);
  return Math.max(0, daysBetween(newest, due));
}
