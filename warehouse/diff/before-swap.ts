import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../engine.ts';
import { modelName, type SqlFile } from '../sql-files.ts';
import type { WarehouseFiles } from '../swap.ts';
import { compareWarehouses } from './compare.ts';
import { differenceWords, type ClosesDifference, type ModelDifference } from './difference.ts';

/** What a rebuild changes, in words and counts, small enough for a record. */
export interface RebuildDifference {
  /** Such as `12 closes changed, 3 tickers, largest 0.4 %; 2 models differ`, or `first build`. */
  readonly words: string;
  readonly closes: ClosesDifference | null;
  readonly models: readonly Pick<
    ModelDifference,
    'model' | 'presence' | 'rowsAdded' | 'rowsRemoved' | 'rowsChanged'
  >[];
}

/**
 * Compares the warehouse that was just built with the one it is about to replace. Where that one is not there
 * or cannot be read there is nothing to compare with: it is said, and stops nothing.
 */
export async function differenceBeforeSwap(
  files: WarehouseFiles,
  models: readonly SqlFile[],
  signal: AbortSignal | undefined,
): Promise<RebuildDifference> {
  if (!existsSync(files.warehouse)) return firstBuild('first build');
  try {
    const difference = await compareWarehouses({
      before: files.warehouse,
      after: files.next,
      keys: keysOf(models),
      exampleCount: 0,
      temporaryFolder: join(files.temporaryFolder, 'diff'),
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      words: differenceWords(difference),
      closes: difference.closes,
      models: difference.models.map(({ model, presence, rowsAdded, rowsRemoved, rowsChanged }) => ({
        model,
        presence,
        rowsAdded,
        rowsRemoved,
        rowsChanged,
      })),
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return firstBuild('first build: the warehouse before it could not be read');
  }
}

/** The keys that the headers of models declare, by model. */
export function keysOf(models: readonly SqlFile[]): Map<string, readonly string[]> {
  return new Map(models.map((model) => [modelName(model), model.header.key]));
}

function firstBuild(words: string): RebuildDifference {
  return { words, closes: null, models: [] };
}
