import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Asker, Permit, PermitAsk } from '../workflows/pure/quota/ledger.ts';
import { quotaId, quotaQueue } from '../workflows/pure/ids.ts';
import type { quota } from '../workflows/quota.ts';
import type { ActivityDeps } from './deps.ts';

/** One request for which leave is asked. */
export interface PermitTask {
  readonly source: string;
  /** Made by the workflow, so that every attempt of this step means the same request. */
  readonly id: string;
  readonly asker: Asker;
  readonly run: string;
  readonly label: string;
}

/** Asks the ledger of a source's key for leave to send one request; starts the ledger where there is none. */
export async function takePermit(deps: ActivityDeps, { source, ...task }: PermitTask): Promise<Permit> {
  const ask: PermitAsk = { ...task, lake: deps.lake.id, limits: deps.quotaOf(source).limits };
  return deps.client.workflow.executeUpdateWithStart<typeof quota, Permit, [PermitAsk]>('takePermit', {
    args: [ask],
    startWorkflowOperation: ledgerOf(deps, source),
  });
}

/** Tells the ledger that a request will not be sent, so that it stands in nobody's way. */
export async function leaveLine(deps: ActivityDeps, source: string, id: string): Promise<void> {
  await deps.client.workflow.executeUpdateWithStart<typeof quota, void, [string]>('leaveLine', {
    args: [id],
    startWorkflowOperation: ledgerOf(deps, source),
  });
}

/** Tells the ledger that the key was used too often, so that it holds everybody back for a while. */
export async function holdRequests(deps: ActivityDeps, source: string, forMs: number): Promise<void> {
  await deps.client.workflow.executeUpdateWithStart<typeof quota, void, [number]>('holdBack', {
    args: [forMs],
    startWorkflowOperation: ledgerOf(deps, source),
  });
}

function ledgerOf(deps: ActivityDeps, source: string): WithStartWorkflowOperation<typeof quota> {
  const { keyName } = deps.quotaOf(source);
  return new WithStartWorkflowOperation<typeof quota>('quota', {
    workflowId: quotaId(source, keyName),
    taskQueue: quotaQueue,
    args: [{}],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `requests to ${source}, ${keyName === 'keyless' ? 'without a key' : `key ${keyName}`}`,
  });
}
