import { calendarByName } from '../calendars/index.ts';
import type { Settings } from '../settings.ts';
import { wholeDayTicker } from '../sources/snapshot.ts';
import type { SourceSettings } from '../sources/source-settings.ts';
import type { Coverage, Source } from '../sources/source.ts';
import { splitDataset, type DatasetId } from '../workflows/pure/cell.ts';
import type { PlannedAsset } from './due-cells.ts';
import type { Finality } from './finality.ts';
import { PlanError } from './plan-error.ts';

/** What planning needs to know of one configured snapshot. */
export interface PlannedSnapshot {
  readonly dataset: DatasetId;
  /** How many of the ranking are asked for. */
  readonly top: number;
  readonly coverage: Coverage;
  /** Days back that its source's plan reaches; null: no limit. */
  readonly historyDays: number | null;
  /** The rule of its source; a snapshot is taken on its own day and waits for none. */
  readonly final: Finality;
}

/**
 * Brings together what planning needs of every configured snapshot.
 * @throws PlanError where one names a dataset that is none.
 */
export function plannedSnapshots(
  configured: Settings['snapshots'],
  sources: ReadonlyMap<string, Source>,
  settings: Readonly<Record<string, SourceSettings>>,
): readonly PlannedSnapshot[] {
  return configured.map(({ dataset, top }) => {
    const { source, resource } = splitDataset(dataset);
    const coverage = sources.get(source)?.resources[resource]?.coverage;
    const of = settings[source];
    if (coverage?.isSnapshot && of) {
      const { final, historyDays } = of;
      return { dataset, top: coverage.reach ? 1 : top, coverage, historyDays, final };
    }
    const known = [...sources.values()].flatMap(({ name, resources }) =>
      Object.entries(resources).flatMap(([key, one]) => (one.coverage.isSnapshot ? [`${name}.${key}`] : [])),
    );
    throw new PlanError(
      `"snapshots" names dataset ${dataset}, which is no snapshot. Write one of: ${known.join(', ')}.`,
    );
  });
}

/** The whole day of a snapshot as one asset: nobody knows its members before it is taken. */
export function wholeDayOf(snapshot: PlannedSnapshot): PlannedAsset {
  return memberOf(snapshot, wholeDayTicker);
}

/** One member of a snapshot as an asset. */
export function memberOf({ dataset, top, coverage, final }: PlannedSnapshot, ticker: string): PlannedAsset {
  const calendar = calendarByName('every-day');
  return { ticker, dataset, symbol: ticker, calendar, final, historyDays: null, coverage, top };
}

/** Tells whether an asset stands for the whole day of a snapshot. */
export function isWholeDay({ coverage, ticker }: Pick<PlannedAsset, 'coverage' | 'ticker'>): boolean {
  return coverage.isSnapshot === true && ticker === wholeDayTicker;
}

/** Tells whether an asset is one of a snapshot's members. */
export function isMember(asset: Pick<PlannedAsset, 'coverage' | 'ticker'>): boolean {
  return asset.coverage.isSnapshot === true && !isWholeDay(asset);
}

/** Adds to some assets the members of snapshots that some cells are about, each once. */
export function withMembers(
  assets: readonly PlannedAsset[],
  snapshots: readonly PlannedSnapshot[],
  cells: readonly { readonly dataset: DatasetId; readonly ticker: string }[],
): readonly PlannedAsset[] {
  const members = snapshots.flatMap((snapshot) => {
    const own = cells.filter(({ dataset }) => dataset === snapshot.dataset).map(({ ticker }) => ticker);
    return [...new Set(own)].map((ticker) => memberOf(snapshot, ticker));
  });
  return members.length === 0 ? assets : [...assets, ...members];
}
