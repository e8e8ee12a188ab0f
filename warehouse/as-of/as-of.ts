import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LakeIndex } from '../../lake/lake-index.ts';
import { pendingKey, type LocalStore } from '../../lake/local-store.ts';
import { buildWarehouse } from '../build.ts';
import type { BuildResult, WarehouseInputs } from '../inputs.ts';
import { inputsOfLake, type LakeToModel } from '../lake-inputs.ts';
import { AsOfError } from './as-of-error.ts';
import { IndexAsOf } from './index-as-of.ts';
import { layOutKnownFiles } from './known-files.ts';

/** A lake as it was known at one instant, in a folder of its own until it is removed. */
export interface LakeAsOf {
  readonly instant: Date;
  /** The instant of the lake's first publication: before it, nothing was known. */
  readonly knownSince: Date;
  /** Knows what was recorded by the instant, and nothing more. */
  readonly index: LakeIndex;
  /** Where it lies for the moment. */
  readonly folder: string;
  /** Removes the folder and everything in it. */
  readonly remove: () => Promise<void>;
}

/** The warehouse that would have been built at one instant. */
export interface WarehouseAsOf extends LakeAsOf {
  readonly warehousePath: string;
  /** Its `tests` may have offenders: what fails for a moment of the past stops nothing. */
  readonly result: BuildResult;
}

/**
 * Opens the records of a lake as they were at an instant (inclusive). Remains of a killed process are removed
 * at a worker's next start.
 * @throws AsOfError `NotKnownYet` where the instant lies before the first publication.
 */
export async function openAsOf(
  lake: { readonly store: LocalStore; readonly index: LakeIndex },
  instant: Date,
): Promise<LakeAsOf> {
  const knownSince = await firstPublication(lake.index);
  if (knownSince === undefined || instant < knownSince) throw notKnownYet(instant, knownSince);
  const folder = lake.store.pathOf(pendingKey());
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(folder, { recursive: true });
    const index = await IndexAsOf.of(lake.store, lake.index, instant, join(folder, 'index.duckdb'));
    return { instant, knownSince, index, folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Builds the warehouse of a lake as it was known at an instant (inclusive), at a path of its own: records made
 * later do not count, and a price restated later is read from the file that was replaced. The lake's own
 * warehouse is not touched. Whoever calls this removes it in the end.
 * @throws AsOfError, LakeError `LakeDamaged`, or WarehouseError as any build.
 */
export async function buildAsOf(
  lake: LakeToModel,
  instant: Date,
  options: Pick<WarehouseInputs, 'onProgress' | 'signal'> = {},
): Promise<WarehouseAsOf> {
  const known = await openAsOf(lake, instant);
  try {
    const bronzeFolder = join(known.folder, 'bronze');
    options.onProgress?.('find the files that were published then');
    await layOutKnownFiles(lake.store, known.index, bronzeFolder);
    const warehousePath = join(known.folder, 'warehouse.duckdb');
    const inputs = await inputsOfLake(
      { ...lake, index: known.index },
      {
        ...options,
        warehousePath,
        indexPath: join(known.folder, 'index.duckdb'),
        bronzeFolder,
        builtBy: `as-of/${instant.toISOString()}`,
        now: instant,
        // Nobody can mend the past: what was known in the middle of a run may have gaps.
        failedTests: 'report',
      },
    );
    return { ...known, warehousePath, result: await buildWarehouse(inputs) };
  } catch (error) {
    await known.remove();
    throw error;
  }
}

async function firstPublication(index: LakeIndex): Promise<Date | undefined> {
  const [row] = await index.rows(
    "select epoch_ms(min(recorded_at))::varchar as first from cell_records where event = 'published'",
  );
  const first = row?.['first'];
  return typeof first === 'string' ? new Date(Number(first)) : undefined;
}

function notKnownYet(instant: Date, knownSince: Date | undefined): AsOfError {
  const message =
    knownSince === undefined
      ? `Could not show the lake as of ${instant.toISOString()}: nothing has been published in it yet. Run npx tsx client/backfill.ts first.`
      : `Could not show the lake as of ${instant.toISOString()}: it knows prices since ${knownSince.toISOString()}, its first publication. Ask for that instant or a later one.`;
  return new AsOfError(message, knownSince);
}
