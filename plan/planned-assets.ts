import { calendarByName, fileCalendar, type Calendar } from '../calendars/index.ts';
import type { Asset } from '../settings.ts';
import type { SourceSettings } from '../sources/source-settings.ts';
import { datesOfFile, type CsvFiles } from '../sources/csv.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Source, SourceAccess } from '../sources/source.ts';
import { splitDataset, utcDateOf } from '../workflows/pure/cell.ts';
import type { PlannedAsset } from './due-cells.ts';
import { PlanError } from './plan-error.ts';

/** What the assets of a configuration are planned from. */
export interface AssetSources {
  readonly assets: readonly Asset[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly settings: Readonly<Record<string, SourceSettings>>;
  readonly csvFiles: CsvFiles;
  readonly accessTo: (source: string) => SourceAccess;
}

/**
 * Brings together what planning needs of every configured asset. An asset whose calendar is its file has
 * that file read each time, since it may have grown.
 * @throws PlanError where an asset names a dataset that is not there, or a file that is not configured.
 */
export async function plannedAssets(from: AssetSources, now: Date): Promise<readonly PlannedAsset[]> {
  return Promise.all(from.assets.map((asset) => planned(asset, from, now)));
}

async function planned(asset: Asset, from: AssetSources, now: Date): Promise<PlannedAsset> {
  // The settings demand at least one source.
  const first = asset.sources[0] as Asset['sources'][number];
  const calendar =
    asset.calendar === 'file'
      ? await calendarOfFile(asset, first.symbol, from, now)
      : calendarByName(asset.calendar);
  const [taken, ...fallbacks] = asset.sources.map((source) => fromSource(asset, source, calendar, from));
  return { ...(taken as PlannedAsset), ...(fallbacks.length > 0 ? { fallbacks } : {}) };
}

/** Whatever source an asset is taken from, its calendar is its own. */
function fromSource(
  asset: Asset,
  { dataset, symbol }: Asset['sources'][number],
  calendar: Calendar,
  from: AssetSources,
): PlannedAsset {
  const parts = splitDataset(dataset);
  const source = from.sources.get(parts.source);
  const resource = source?.resources[parts.resource];
  const settings = from.settings[parts.source];
  if (!source || !resource || !settings) {
    const known = [...from.sources.values()].flatMap(({ name, resources }) =>
      Object.keys(resources).map((resourceName) => `${name}.${resourceName}`),
    );
    throw new PlanError(
      `${asset.ticker} names dataset ${dataset}, which does not exist. Write one of: ${known.join(', ')}.`,
    );
  }
  if (resource.coverage.isSnapshot) {
    throw new PlanError(
      `${asset.ticker} names dataset ${dataset}, which is a snapshot and no series. Name it under "snapshots", and a series here.`,
    );
  }
  return {
    ticker: asset.ticker,
    dataset,
    symbol,
    calendar,
    final: settings.final,
    historyDays: settings.historyDays,
    coverage: resource.coverage,
  };
}

async function calendarOfFile(
  asset: Asset,
  symbol: string,
  from: AssetSources,
  now: Date,
): Promise<Calendar> {
  const options = from.csvFiles[symbol];
  const resource = from.sources.get('csv')?.resources['daily_closes'];
  if (!options || !resource) {
    throw new PlanError(
      `${asset.ticker} takes its days from a file, but sources.csv.files has no entry "${symbol}". Add it to marketlake.yaml.`,
    );
  }
  const today = utcDateOf(now.getTime());
  try {
    const request = resource.firstPage({ kind: 'range', symbol, from: today, to: today, today });
    const answer = await resource.send(request, from.accessTo('csv'));
    return fileCalendar(new Set(datesOfFile(answer.body, options)));
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'SourceUnavailable') throw error;
    // Nobody knows its days: all are asked for, and fail with what is wrong, while the other assets go their way.
    return calendarByName('every-day');
  }
}
