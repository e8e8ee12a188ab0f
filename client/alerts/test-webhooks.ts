import { AlertError } from '../../alerts/alert-error.ts';
import type { Webhook } from '../../alerts/alert-settings.ts';
import { testMessage } from '../../alerts/payload.ts';
import { sendAlert } from '../../alerts/send.ts';
import { exitCode, WrongUse, type ExitCode } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';

/** What came back from one webhook. */
interface Tried {
  readonly webhook: string;
  readonly isAccepted: boolean;
  readonly said: string;
}

/** Sends a test alert to every webhook, once each, from this process: the worker has no part in it. */
export async function testWebhooks(
  output: Output,
  { settings, lake }: OpenLake,
  now: Date,
): Promise<ExitCode> {
  const { alerts } = settings;
  if (!alerts || alerts.webhooks.length === 0)
    throw new WrongUse('There is no webhook to try: name one under alerts.webhooks in marketlake.yaml.');
  const tried = await Promise.all(
    alerts.webhooks.map((webhook) =>
      tryOne(webhook, () =>
        sendAlert(webhook, testMessage(webhook.name, lake, now), alerts.answerWithinSeconds),
      ),
    ),
  );
  for (const { webhook, isAccepted, said } of tried)
    output.say(isAccepted ? `${webhook} took it: ${said}` : said);
  output.json({ webhooks: tried });
  return tried.every(({ isAccepted }) => isAccepted) ? exitCode.good : exitCode.cellsMissing;
}

async function tryOne(
  { name: webhook }: Webhook,
  send: () => Promise<{ readonly status: number }>,
): Promise<Tried> {
  try {
    return { webhook, isAccepted: true, said: `HTTP ${(await send()).status}` };
  } catch (error) {
    if (!(error instanceof AlertError)) throw error;
    return { webhook, isAccepted: false, said: error.message };
  }
}
