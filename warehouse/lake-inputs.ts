import type { Calendar } from '../calendars/index.ts';
import type { Contract } from '../contracts/contract.ts';
import { localPathOf } from '../lake/archive/local-copy.ts';
import { LakeError } from '../lake/lake-error.ts';
import type { LakeIndex } from '../lake/lake-index.ts';
import type { Market } from '../lake/identity.ts';
import type { LocalStore } from '../lake/local-store.ts';
import type { Asset } from '../settings.ts';
import { datesBetween, type DatasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import type { CompactedFiles } from '../lake/compact-files.ts';
import { datasetOfBuild } from './dataset-of-build.ts';
import type { AssetRow, DatasetOfBuild, DayRow, WarehouseInputs } from './inputs.ts';

/** A lake as whoever builds its warehouse sees it. */
export interface LakeToModel {
  readonly lake: { readonly market: Market };
  readonly store: LocalStore;
  readonly index: LakeIndex;
  readonly contracts: ReadonlyMap<DatasetId, Contract>;
  readonly assets: readonly Asset[];
  readonly plannedAssets: () => Promise<readonly { readonly ticker: string; readonly calendar: Calendar }[]>;
  readonly sqlFolder: string;
}

/** What one build decides for itself: where things lie, who builds, and when. */
export type BuildPlaces = Pick<
  WarehouseInputs,
  'warehousePath' | 'indexPath' | 'bronzeFolder' | 'builtBy' | 'now'
> &
  Partial<Pick<WarehouseInputs, 'signal' | 'onProgress' | 'onIgnored' | 'beforeSwap' | 'failedTests'>> & {
    /** The lake's compact files; left out, every cell is read from its own file. */
    readonly compacted?: CompactedFiles;
  };

/** Collects all that the warehouse of a lake is made of. */
export async function inputsOfLake(
  lake: LakeToModel,
  { compacted, ...places }: BuildPlaces,
): Promise<WarehouseInputs> {
  return {
    ...places,
    sqlFolder: lake.sqlFolder,
    datasets: [...lake.contracts.values()].map((contract) => ({
      ...datasetOfBuild(contract),
      ...compactedOf(compacted, contract.dataset),
    })),
    assets: lake.assets.map(assetRow),
    days: await dayRows(lake),
    market: lake.lake.market,
    findReplaced: (key, unpacked) => pathOrIgnored(lake.store, key, unpacked, places.onIgnored),
  };
}

/** No price comes from a replaced file, so that an archive that is damaged need not stop a rebuild. */
async function pathOrIgnored(
  store: LocalStore,
  key: string,
  unpacked: string,
  onIgnored: WarehouseInputs['onIgnored'],
): Promise<string | undefined> {
  try {
    return await localPathOf(store, key, unpacked);
  } catch (error) {
    if (!(error instanceof LakeError)) throw error;
    onIgnored?.(error.message);
    return undefined;
  }
}

function compactedOf(
  compacted: CompactedFiles | undefined,
  dataset: DatasetId,
): Pick<DatasetOfBuild, 'compactedFiles'> {
  const compactedFiles = compacted?.get(dataset);
  return compactedFiles ? { compactedFiles } : {};
}

function assetRow(asset: Asset): AssetRow {
  const [first, ...fallbacks] = asset.sources;
  if (!first) throw new RangeError(`${asset.ticker} has no source in marketlake.yaml`);
  return {
    ticker: asset.ticker,
    class: asset.class,
    calendar: asset.calendar,
    dataset: first.dataset,
    symbol: first.symbol,
    currency: asset.currency,
    fallbacks: fallbacks.map(({ dataset, symbol }) => ({ dataset, symbol })),
    fixings: fixingsOf(asset),
  };
}

function fixingsOf({ sources }: Asset): Record<DatasetId, string> {
  return Object.fromEntries(
    sources.flatMap(({ dataset, fixing }) => (fixing === undefined ? [] : [[dataset, fixing]])),
  );
}

/** Every asset's calendar over the days the lake knows. */
async function dayRows(lake: LakeToModel): Promise<Iterable<DayRow>> {
  const span = await lake.index.rows(
    'select min(date)::varchar as first, max(date)::varchar as last from cells',
  );
  // The query's own columns; null where there are no cells.
  const { first, last } = span[0] as { first: PartitionDate | null; last: PartitionDate | null };
  if (first === null || last === null) return [];
  const dates = datesBetween(first, last);
  const assets = await lake.plannedAssets();
  return {
    *[Symbol.iterator]() {
      for (const { ticker, calendar } of assets) {
        for (const date of dates) {
          const day = calendar.day(date);
          yield { ticker, date, is_open: day.isOpen, note: day.note ?? null };
        }
      }
    },
  };
}
