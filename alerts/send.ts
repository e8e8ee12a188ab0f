import { readUpTo } from '../sources/read-body.ts';
import { retryAfterMsOf } from '../sources/retry-after.ts';
import { AlertError } from './alert-error.ts';
import type { Webhook } from './alert-settings.ts';
import { bodyOf, type AlertMessage } from './payload.ts';

/** What came back from a webhook that took an alert. */
export interface Accepted {
  readonly status: number;
}

const quotedBytes = 2_000;
const quoteLength = 120;

/**
 * Posts one message to one webhook, once. Follows no redirect, and names the webhook, never its address.
 * @throws AlertError for anything but an answer with status 2xx. Throws the signal's own reason where it was cancelled.
 */
export async function sendAlert(
  webhook: Webhook,
  message: AlertMessage,
  answerWithinSeconds: number,
  signal?: AbortSignal,
): Promise<Accepted> {
  const what = `Telling webhook ${webhook.name}`;
  const { url } = webhook;
  if (url === undefined) {
    throw new AlertError(
      'WebhookRefused',
      `${what}: its address is not known. Set ${webhook.variable} or ${webhook.variable}_FILE, and start the worker again.`,
    );
  }
  const timeout = AbortSignal.timeout(answerWithinSeconds * 1_000);
  const response = await post(
    url,
    webhook.format,
    message,
    signal ? AbortSignal.any([signal, timeout]) : timeout,
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    const found = timeout.aborted ? `no answer within ${answerWithinSeconds} s` : reasonOf(error);
    throw new AlertError(
      'WebhookUnavailable',
      `${what}: ${hiding(url, found)}. It passes by itself, or the webhook is down.`,
    );
  });
  const { status } = response;
  // A body that breaks off changes nothing about the status.
  const quote = await beginningOf(response, url.length).catch(() => '');
  if (status >= 200 && status <= 299) return { status };
  throw refusal(what, response, hiding(url, quote));
}

function post(
  url: string,
  format: Webhook['format'],
  message: AlertMessage,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'marketlake',
      'idempotency-key': message.id,
    },
    body: bodyOf(message, format),
    redirect: 'manual',
    signal,
  });
}

function refusal(what: string, { status, headers }: Response, quote: string): AlertError {
  const found = `${what}: HTTP ${status}${quote === '' ? '' : `, "${quote}"`}.`;
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfterMsOf(headers.get('retry-after'), headers.get('date'));
    const facts = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return new AlertError(
      'WebhookUnavailable',
      `${found} It passes by itself, or the webhook is down.`,
      facts,
    );
  }
  const advice =
    status < 400
      ? 'It points elsewhere, which is not followed: correct the address.'
      : 'Correct the address or the format, then try it with npx tsx client/alerts.ts test.';
  return new AlertError('WebhookRefused', `${found} ${advice}`, { status });
}

/** Where the text is cut, the half of an address that may stand there is cut off with it. */
async function beginningOf({ body }: Response, addressLength: number): Promise<string> {
  const { bytes, isWhole } = await readUpTo(body, quotedBytes);
  const text = Buffer.from(bytes).toString('utf8');
  return (isWhole ? text : text.slice(0, -addressLength)).replaceAll(/[\s\p{Cc}\p{Cf}\ufffd]+/gu, ' ').trim();
}

const hidden = '***';
const shortestSecret = 4;

/** Blots out an address and every part of its path and query: a webhook may repeat them. */
function hiding(url: string, text: string): string {
  const { pathname, search } = new URL(url);
  const parts = [url, `${pathname}${search}`, ...`${pathname}${search}`.split(/[/?&=]+/)];
  return parts
    .flatMap((part) => [part, decoded(part)])
    .filter((part) => part.length >= shortestSecret)
    .sort((left, right) => right.length - left.length)
    .reduce((hiddenSoFar, part) => hiddenSoFar.replaceAll(part, hidden), text)
    .slice(0, quoteLength);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Node's own error says no more than that the request failed; what lies under it says why. */
function reasonOf(error: unknown): string {
  const under = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `the connection failed: ${under instanceof Error ? under.message : String(under)}`;
}
