import type { DeliveryRef } from '../alerts/alert-records.ts';
import { alertRecordsFolder } from '../lake/layout.ts';
import { appendOnce } from '../lake/records.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

/** What became of telling a webhook. */
export type DeliveryEnd =
  | { readonly event: 'delivered' }
  | { readonly event: 'undelivered'; readonly code: string; readonly reason: string };

/** Records in an alert what became of telling a webhook. */
export async function recordDelivery(
  deps: ActivityDeps,
  { kind, key, number, webhook }: DeliveryRef,
  end: DeliveryEnd,
): Promise<void> {
  const { workflowRunId } = currentAttempt(deps.lake.id);
  await appendOnce(deps.store, alertRecordsFolder(kind, key), {
    ...end,
    recordedAt: deps.now().toISOString(),
    of: number,
    webhook,
    workflowRunId,
  });
  deps.observe({ kind: 'delivery-ended', webhook, about: kind, key, ...end });
}
