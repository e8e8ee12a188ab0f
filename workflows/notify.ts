import { ApplicationFailure, isCancellation, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { DeliveryRef } from '../alerts/alert-records.ts';
import { diskPolicy, webhookPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';

/** Whom to tell of what. */
export interface NotifyInput {
  readonly delivery: DeliveryRef;
  /** How long one attempt waits for the webhook's answer. */
  readonly answerWithinSeconds: number;
  readonly patienceSeconds: number;
}

/** Tells one webhook of one thing, for up to a day, and records what came of it. */
export async function notify(input: NotifyInput): Promise<{ readonly status: number }> {
  const { delivery, answerWithinSeconds, patienceSeconds } = input;
  const { deliver } = proxyActivities<Activities>(webhookPolicy(answerWithinSeconds));
  const { recordDelivery } = proxyActivities<Activities>(diskPolicy(patienceSeconds));
  try {
    const accepted = await deliver.executeWithOptions({ summary: delivery.webhook }, [delivery]);
    await recordDelivery(delivery, { event: 'delivered' });
    return accepted;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const trouble = troubleOf(error);
    await recordDelivery(delivery, { event: 'undelivered', ...trouble });
    setCurrentDetails(`**${delivery.webhook}** was not told: ${trouble.reason}`);
    throw ApplicationFailure.create({ message: trouble.reason, type: trouble.code, nonRetryable: true });
  }
}
