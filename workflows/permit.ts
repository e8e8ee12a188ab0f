import { CancellationScope, isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { PermitTask } from '../activities/take-permit.ts';
import { permitPolicy } from './policies.ts';
import type { Permit } from './pure/quota/ledger.ts';
import type { QuotaWait } from './pure/quota/wait.ts';

/** Told of a wait for the next day or month when it begins, and of its end by null. */
export type TellWait = (wait: QuotaWait | null) => Promise<void>;

/**
 * Waits for the leave to send one request. The waiting is done here, durably and at no cost, and takes none of
 * the attempts that the request itself has. Leave that is given and not used, since the run was cancelled or
 * the answer was there already, stays counted: the quota is then used less than it seems, never more.
 */
export async function awaitPermit(task: PermitTask, patienceSeconds: number, tell: TellWait): Promise<void> {
  try {
    await waitInLine(task, patienceSeconds, tell);
  } catch (error) {
    if (isCancellation(error)) await leave(task, patienceSeconds);
    throw error;
  }
}

async function waitInLine(task: PermitTask, patienceSeconds: number, tell: TellWait): Promise<void> {
  const { takePermit } = proxyActivities<Activities>(permitPolicy(patienceSeconds));
  let isToldOf = false;
  for (;;) {
    const permit = await takePermit.executeWithOptions({ summary: `leave for ${task.label}` }, [task]);
    const wait = longWait(permit, task.source);
    if (wait !== null || isToldOf) await tell(wait);
    isToldOf = wait !== null;
    const waitMs = permit.notBeforeMs - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    if (permit.isGranted) return;
  }
}

/** Who is cancelled stands in nobody's way and is shown to nobody as waiting. */
async function leave({ source, id }: PermitTask, patienceSeconds: number): Promise<void> {
  const { leaveLine } = proxyActivities<Activities>(permitPolicy(patienceSeconds));
  await CancellationScope.nonCancellable(() => leaveLine(source, id));
}

function longWait(permit: Permit, source: string): QuotaWait | null {
  if (permit.isGranted || permit.reason === 'minute' || permit.reason === 'held') return null;
  return { source, reason: permit.reason, until: new Date(permit.notBeforeMs).toISOString() };
}
