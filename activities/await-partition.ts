import { CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { readCellRecords } from '../lake/records.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import { troubleOf } from '../workflows/pure/failure.ts';
import { inLake } from '../workflows/pure/ids.ts';
import type { ActivityDeps } from './deps.ts';

/** What became of a workflow that another run had in hand. */
export type Awaited =
  | { readonly outcome: 'completed'; readonly result: unknown }
  | { readonly outcome: 'failed' | 'gone'; readonly reason: string };

/** Waits for a workflow of another run (a cell, or a window), for as long as its own policy allows. */
export async function awaitWorkflow(deps: ActivityDeps, id: string): Promise<Awaited> {
  const context = Context.current();
  try {
    const result: unknown = await Promise.race([
      deps.client.workflow.getHandle(inLake(deps.lake.id, id)).result(),
      context.cancelled,
    ]);
    return { outcome: 'completed', result };
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    if (error instanceof WorkflowNotFoundError) return { outcome: 'gone', reason: error.message };
    if (error instanceof WorkflowFailedError) return { outcome: 'failed', reason: troubleOf(error).reason };
    throw error;
  }
}

/** What the records say of a cell that another run had in hand. */
export interface CellOutcome {
  readonly state: 'published' | 'waiting' | 'skipped' | 'refused' | 'failed';
  readonly code: string;
  readonly reason: string;
}

/** Waits for a cell that another run has in hand, then answers from its newest record. */
export async function awaitPartition(deps: ActivityDeps, cell: CellKey, id: string): Promise<CellOutcome> {
  await awaitWorkflow(deps, id);
  const last = (await readCellRecords(deps.store, cell)).at(-1)?.record;
  switch (last?.event) {
    case 'published':
    case 'unchanged':
    case 'closed':
      return { state: 'published', code: '', reason: '' };
    case 'skipped':
      return { state: 'skipped', code: '', reason: '' };
    case 'waiting':
      return { state: 'waiting', code: '', reason: `waits until ${last.until ?? 'its day is final'}` };
    case 'refused':
    case 'accepted':
    case 'withdrawn':
      return { state: 'refused', code: last.code ?? 'AuditRefused', reason: last.reason ?? '' };
    case 'failed':
    case undefined:
      return {
        state: 'failed',
        code: last?.code ?? 'Missing',
        reason: last?.reason ?? 'another run ended without it',
      };
  }
}
