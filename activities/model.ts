import { Context } from '@temporalio/activity';
import { rm } from 'node:fs/promises';
import { pendingKey } from '../lake/local-store.ts';
import { buildWarehouse } from '../warehouse/build.ts';
import { compactLake } from '../warehouse/compact/compact-lake.ts';
import { findCompacted } from '../lake/compact-files.ts';
import { inputsOfLake, type LakeToModel } from '../warehouse/lake-inputs.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';
import { recordRebuild } from './record-rebuild.ts';

/**
 * Compacting costs about what it saves at the next rebuild: 0.4 ms a cell. Below the first number it saves less than
 * half a second, and below the second a ticker's year changes too often.
 */
const looseCellsWorthAFile = 1_000;
const looseCellsOfAYear = 60;

/** What a rebuild did. `unchanged`: nothing that the warehouse shows has changed since the last one. */
export interface Modelled {
  readonly outcome: 'built' | 'unchanged';
  readonly modelCount: number;
  readonly testCount: number;
}

/** What a rebuild needs of what the worker hands out. */
export type ModelDeps = LakeToModel & Pick<ActivityDeps, 'lake' | 'now' | 'observe'>;

/** Rebuilds the warehouse from what is published, and swaps it in whole once its SQL tests pass. */
export async function model(deps: ModelDeps, context: RunContext): Promise<Modelled> {
  const startedMs = performance.now();
  const tell = (outcome: Modelled['outcome'] | 'failed'): void =>
    deps.observe({ kind: 'rebuild', outcome, seconds: (performance.now() - startedMs) / 1000 });
  try {
    const modelled = await rebuild(deps, context);
    tell(modelled.outcome);
    return modelled;
  } catch (error) {
    if (!Context.current().cancellationSignal.aborted) tell('failed');
    throw error;
  }
}

async function rebuild(deps: ModelDeps, context: RunContext): Promise<Modelled> {
  const activity = Context.current();
  const indexPath = deps.store.pathOf(pendingKey());
  try {
    await deps.index.copyTo(indexPath);
    const onIgnored = (reason: string): void =>
      deps.observe({ kind: 'compaction', outcome: 'ignored', files: 0, reason });
    const inputs = await inputsOfLake(deps, {
      warehousePath: deps.store.pathOf('warehouse.duckdb'),
      indexPath,
      bronzeFolder: deps.store.pathOf('bronze'),
      builtBy: context.run,
      now: deps.now(),
      signal: activity.cancellationSignal,
      onIgnored,
      compacted: await findCompacted(deps.store, onIgnored),
      beforeSwap: (difference) => recordRebuild(deps, context, difference),
    });
    const built = await buildWarehouse(inputs);
    if (built.looseCells >= looseCellsWorthAFile) await compact(deps, indexPath, activity.cancellationSignal);
    return { outcome: built.outcome, modelCount: built.models.length, testCount: built.tests.length };
  } finally {
    await rm(indexPath, { force: true });
  }
}

/** The warehouse stands: that the next build will be slower is no reason to fail this one. */
async function compact(deps: ModelDeps, indexPath: string, signal: AbortSignal): Promise<void> {
  try {
    const { files } = await compactLake(deps.store, { indexPath, atLeast: looseCellsOfAYear, signal });
    if (files > 0) deps.observe({ kind: 'compaction', outcome: 'made', files });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    deps.observe({ kind: 'compaction', outcome: 'failed', files: 0, reason });
  }
}
