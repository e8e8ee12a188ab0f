import { defineSignal, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import type { QuotaWait } from './pure/quota/wait.ts';

/** Tells a run that one of its windows waits for a quota, or (null) that it waits no more. */
export const quotaWaitSignal = defineSignal<[string, QuotaWait | null]>('quotaWait');

/** Tells the run that a window belongs to of its wait. */
export function tellRun(wait: QuotaWait | null): void {
  const { parent, workflowId } = workflowInfo();
  if (parent === undefined) return;
  // Nobody waits for the answer: a run that has ended meanwhile has nobody left to tell.
  getExternalWorkflowHandle(parent.workflowId)
    .signal(quotaWaitSignal, workflowId, wait)
    .catch(() => undefined);
}

/** Follows the waits of a run's windows; shows the one that ends first, or null. */
export function followQuotaWaits(show: (wait: QuotaWait | null) => void): void {
  const waits = new Map<string, QuotaWait>();
  const heed = (windowId: string, wait: QuotaWait | null): void => {
    if (wait === null) waits.delete(windowId);
    else waits.set(windowId, wait);
    const [first = null] = [...waits.values()].sort((one, other) => (one.until < other.until ? -1 : 1));
    show(first);
  };
  setHandler(quotaWaitSignal, heed, {
    description: 'Sent by a window that waits for a quota; nothing for people.',
  });
}
