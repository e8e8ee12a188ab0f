import { Context } from '@temporalio/activity';
import { AlertError } from '../alerts/alert-error.ts';
import { readAlertRecord, type DeliveryRef } from '../alerts/alert-records.ts';
import type { Webhook } from '../alerts/alert-settings.ts';
import { messageOf } from '../alerts/payload.ts';
import { sendAlert, type Accepted } from '../alerts/send.ts';
import type { ActivityDeps } from './deps.ts';

/** Tells one webhook of one thing: one HTTP request. Its address is the worker's, and stands nowhere else. */
export async function deliver(deps: ActivityDeps, delivery: DeliveryRef): Promise<Accepted> {
  const webhook = deps.alerts?.webhooks.find(({ name }) => name === delivery.webhook);
  if (!deps.alerts || !webhook) {
    throw new AlertError(
      'WebhookRefused',
      `Telling webhook ${delivery.webhook}: it is in marketlake.yaml no more. Nothing is to be done, unless that was a mistake.`,
    );
  }
  const news = await readAlertRecord(deps.store, delivery, delivery.number);
  if (!('title' in news))
    throw new RangeError(`Record ${delivery.number} of ${delivery.key} is nobody's news`);
  const message = messageOf(news, delivery, deps.lake);
  const { answerWithinSeconds } = deps.alerts;
  return observed(deps, webhook, () =>
    sendAlert(webhook, message, answerWithinSeconds, Context.current().cancellationSignal),
  );
}

/** Tells how long the webhook took, and with which status it answered. */
async function observed(
  deps: ActivityDeps,
  { name: webhook }: Webhook,
  send: () => Promise<Accepted>,
): Promise<Accepted> {
  const startedMs = performance.now();
  const tell = (status: number | null): void =>
    deps.observe({ kind: 'delivery', webhook, status, seconds: (performance.now() - startedMs) / 1000 });
  try {
    const accepted = await send();
    tell(accepted.status);
    return accepted;
  } catch (error) {
    tell(error instanceof AlertError ? (error.facts.status ?? null) : null);
    throw error;
  }
}
