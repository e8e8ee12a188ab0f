import type { AlertNews } from './alert.ts';
import type { DeliveryRef } from './alert-records.ts';

/** What a webhook is sent, before it takes the shape that the webhook reads. */
export interface AlertMessage extends Omit<AlertNews, 'event' | 'kind' | 'incidents' | 'webhooks'> {
  /** Equal for every attempt to tell one webhook of one thing: whoever has seen it may drop it. */
  readonly id: string;
  readonly event: AlertNews['event'] | 'test';
  readonly kind: AlertNews['kind'] | 'test';
  readonly lake: string;
  readonly market: 'sample' | 'live';
}

/** Builds the message for one delivery. */
export function messageOf(
  news: AlertNews,
  { kind, key, number, webhook }: DeliveryRef,
  lake: { readonly id: string; readonly market: 'sample' | 'live' },
): AlertMessage {
  const { incidents: _incidents, webhooks: _webhooks, ...told } = news;
  return {
    ...told,
    id: `${lake.id}/${kind}/${key}/${number}/${webhook}`,
    lake: lake.id,
    market: lake.market,
  };
}

/** Builds the message by which a person tries a webhook. */
export function testMessage(
  webhook: string,
  lake: { readonly id: string; readonly market: 'sample' | 'live' },
  now: Date,
): AlertMessage {
  const at = now.toISOString();
  return {
    id: `${lake.id}/test/${at}/${webhook}`,
    event: 'test',
    kind: 'test',
    severity: 'info',
    recordedAt: at,
    run: 'test',
    title: `Marketlake can tell ${webhook} of alerts`,
    text: 'A person sent this to try the webhook. Nothing is wrong.',
    items: [],
    itemCount: 0,
    command: null,
    lake: lake.id,
    market: lake.market,
  };
}

/** Writes the body in the shape that a webhook reads. */
export function bodyOf(message: AlertMessage, format: 'json' | 'slack'): string {
  return JSON.stringify(format === 'slack' ? slackBody(message) : jsonBody(message));
}

function jsonBody({ recordedAt, ...message }: AlertMessage): object {
  return { version: 1, ...message, isSynthetic: message.market === 'sample', at: recordedAt };
}

const marks = { opened: '🔴', happened: '🔵', resolved: '🟢', test: '⚪' } as const;

/** Slack takes at most 3,000 characters in a section. */
const longestSection = 2_900;

function slackBody({ event, title, text, items, itemCount, command, ...about }: AlertMessage): object {
  const head = `${marks[event]} *${escaped(title)}*`;
  const more = itemCount > items.length && items.length > 0 ? [`… and more: ${itemCount} in all`] : [];
  const lines = [
    head,
    escaped(text),
    ...items.map((item) => `• ${escaped(item)}`),
    ...more,
    ...(command === null ? [] : [`\`${escaped(command)}\``]),
  ];
  const market = about.market === 'sample' ? 'sample market, synthetic prices' : 'live market';
  const context = `${about.severity} · ${about.kind} · ${about.lake} · ${market} · ${about.run} · ${about.recordedAt}`;
  return {
    text: `${marks[event]} ${escaped(title)}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n').slice(0, longestSection) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(context) }] },
    ],
  };
}

/** What a source wrote must neither call anybody (`<!channel>`) nor be a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
