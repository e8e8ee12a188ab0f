import { Context } from '@temporalio/activity';
import { rm } from 'node:fs/promises';
import { pendingKey } from '../lake/local-store.ts';
import { buildWarehouse } from '../warehouse/build.ts';
import { inputsOfLake, type LakeToModel } from '../warehouse/lake-inputs.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';
import { recordRebuild } from './record-rebuild.ts';

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
    const inputs = await inputsOfLake(deps, {
      warehousePath: deps.store.pathOf('warehouse.duckdb'),
      indexPath,
      bronzeFolder: deps.store.pathOf('bronze'),
      builtBy: context.run,
      now: deps.now(),
      signal: activity.cancellationSignal,
      beforeSwap: (difference) => recordRebuild(deps, context, difference),
    });
    const built = await buildWarehouse(inputs);
    return { outcome: built.outcome, modelCount: built.models.length, testCount: built.tests.length };
  } finally {
    await rm(indexPath, { force: true });
  }
}
