import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertError } from '../../alerts/alert-error.ts';
import { addresseesOf } from '../../alerts/addressees.ts';
import { addressFault, alertsSchema } from '../../alerts/alert-settings.ts';
import { bodyOf, messageOf, type AlertMessage } from '../../alerts/payload.ts';
import { sendAlert } from '../../alerts/send.ts';

const secretPath = '/services/T0CANARY/B0/secret-of-the-webhook';
const seen: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
let answer: { status: number; body?: string; headers?: Record<string, string> } | 'hang' = { status: 200 };
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${secretPath}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const news = {
  event: 'opened',
  kind: 'refused',
  severity: 'warning',
  recordedAt: '2026-11-20T12:00:00.000Z',
  run: 'daily/2026-11-19',
  title: 'AAPL 2026-11-17 of massive.daily_bars was refused: rule.x',
  text: 'Look at <!channel> & <http://evil|this>.',
  items: ['AAPL 2026-11-17: it is so'],
  itemCount: 3,
  command: 'npx tsx client/retry.ts --all',
  incidents: ['a', 'b', 'c'],
  webhooks: ['team'],
} as const;
const ref = { kind: 'refused', key: 'massive-1', number: 1, webhook: 'team' } as const;
const message: AlertMessage = messageOf(
  { ...news, items: [...news.items], incidents: [], webhooks: [] },
  ref,
  {
    id: 'sample-1',
    market: 'sample',
  },
);

function webhook(format: 'json' | 'slack' = 'json'): Parameters<typeof sendAlert>[0] {
  return { name: 'team', format, on: [], minimum: 'info', url, variable: 'MARKETLAKE_ALERT_WEBHOOK_TEAM' };
}

async function refusal(): Promise<AlertError> {
  const error: unknown = await sendAlert(webhook(), message, 0.2).catch((caught: unknown) => caught);
  if (error instanceof AlertError) return error;
  throw new Error('it was taken');
}

describe('a message', () => {
  it('as JSON says what is so, since when, where, and that prices are synthetic', () => {
    expect(JSON.parse(bodyOf(message, 'json'))).toEqual({
      version: 1,
      id: 'sample-1/refused/massive-1/1/team',
      event: 'opened',
      kind: 'refused',
      severity: 'warning',
      at: '2026-11-20T12:00:00.000Z',
      run: 'daily/2026-11-19',
      title: news.title,
      text: news.text,
      items: news.items,
      itemCount: 3,
      command: news.command,
      lake: 'sample-1',
      market: 'sample',
      isSynthetic: true,
    });
  });

  it('for Slack has the same in words, and what a source wrote calls nobody and links nowhere', () => {
    const text = bodyOf(message, 'slack');
    const body = JSON.parse(text) as { text: string; blocks: { type: string }[] };
    expect(body.text).toBe(`🔴 ${news.title}`);
    expect(body.blocks.map(({ type }) => type)).toEqual(['section', 'context']);
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;http://evil|this&gt;');
    expect(text).toContain('… and more: 3 in all');
    expect(text).toContain('sample market, synthetic prices');
    expect(text).not.toContain('<');
  });

  it('for Slack stays within what Slack takes', () => {
    const long = { ...message, items: Array.from({ length: 50 }, () => 'x'.repeat(300)) };
    const body = JSON.parse(bodyOf(long, 'slack')) as { blocks: { text?: { text: string } }[] };
    expect(body.blocks[0]?.text?.text.length).toBeLessThanOrEqual(3_000);
  });
});

describe('a webhook', () => {
  it('is sent one request with an idempotency key, and its status is answered', async () => {
    answer = { status: 202 };
    const before = seen.length;
    expect(await sendAlert(webhook(), message, 5)).toEqual({ status: 202 });
    expect(seen.slice(before)).toEqual([
      {
        headers: expect.objectContaining({ 'idempotency-key': message.id }) as object,
        body: bodyOf(message, 'json'),
      },
    ]);
  });

  it.each([500, 503, 408, 429])(
    'that answers %i is tried again, after as long as it says',
    async (status) => {
      answer = { status, headers: { 'retry-after': '7' } };
      const error = await refusal();
      expect(error.code).toBe('WebhookUnavailable');
      expect(error.facts).toEqual({ status, retryAfterMs: 7_000 });
    },
  );

  it.each([400, 401, 404, 410, 302])('that answers %i is told nothing more', async (status) => {
    answer = { status, headers: { location: `${url}/elsewhere` } };
    const before = seen.length;
    expect(await refusal()).toMatchObject({ code: 'WebhookRefused', facts: { status } });
    expect(seen.length).toBe(before + 1);
  });

  it('that does not answer, or is not there, is tried again', async () => {
    answer = 'hang';
    expect(await refusal()).toMatchObject({ code: 'WebhookUnavailable' });
    const gone = { ...webhook(), url: 'http://127.0.0.1:9/secret-path' };
    await expect(sendAlert(gone, message, 1)).rejects.toMatchObject({ code: 'WebhookUnavailable' });
  });

  it('that repeats its address does not get it into an error', async () => {
    for (const status of [404, 500]) {
      answer = { status, body: `no ${secretPath} at ${url}, ${encodeURIComponent(secretPath)}: T0CANARY` };
      const error = await refusal();
      const said = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      expect(said).toContain(`HTTP ${status}, "no ***`);
      expect(said).not.toMatch(/CANARY|secret-of/);
    }
  });

  it('without an address says which variable lacks', async () => {
    await expect(sendAlert({ ...webhook(), url: undefined }, message, 1)).rejects.toThrow(
      'Set MARKETLAKE_ALERT_WEBHOOK_TEAM or MARKETLAKE_ALERT_WEBHOOK_TEAM_FILE',
    );
  });

  it.each([
    ['https://hooks.example.com/x', undefined],
    ['http://127.0.0.1:8080/x', undefined],
    ['http://localhost/x', undefined],
    ['http://[::1]/x', undefined],
    ['http://hooks.example.com/x', 'is neither an https:// address nor one of this machine'],
    ['http://127.0.0.1.example.com/x', 'is neither an https:// address nor one of this machine'],
    ['ftp://127.0.0.1/x', 'is neither an https:// address nor one of this machine'],
    ['https://me:word@hooks.example.com/x', 'holds a user or password: put a token into its path'],
    ['hooks', 'is no URL'],
  ])('may lie at %s: %s', (address, fault) => {
    expect(addressFault(address)).toBe(fault);
  });
});

it('whoever wants to be told of a kind, and of what matters that much, is', () => {
  const { webhooks } = alertsSchema.parse({
    webhooks: [
      { name: 'all' },
      { name: 'loud', minimum: 'critical' },
      { name: 'prices', on: ['restated', 'crossed'], format: 'slack' },
    ],
  });
  expect(addresseesOf('stale', webhooks)).toEqual(['all', 'loud']);
  expect(addresseesOf('refused', webhooks)).toEqual(['all']);
  expect(addresseesOf('crossed', webhooks)).toEqual(['all', 'prices']);
});
