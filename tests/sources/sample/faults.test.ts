import { type IncomingMessage, get } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Fault, SampleMarket } from '../../../sources/sample/server.ts';
import { ask, chartSchema, chartUrl, massiveSchema, openMarket, rangeUrl, statusAndBody } from './support.ts';

const week = (market: SampleMarket): string => rangeUrl(market, 'AAPL', '2026-11-16', '2026-11-19');

/** Reads an answer byte for byte and tells whether it ended whole. */
function readRaw(url: string): Promise<{ announced: number; got: number; isWhole: boolean }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response: IncomingMessage) => {
      let got = 0;
      response.on('data', (chunk: Buffer) => (got += chunk.length));
      const announced = Number(response.headers['content-length']);
      response.on('error', () => undefined);
      response.on('close', () => resolve({ announced, got, isWhole: response.complete }));
    }).on('error', reject);
  });
}

describe('faults of transport', () => {
  it.each([
    ['json', 'application/json', /exceeded the maximum requests/],
    ['text', 'text/plain', /^Throttled$/],
    ['html', 'text/html', /<html>/],
    ['empty', 'text/plain', /^$/],
  ] as const)('429 comes as %s', async (body, contentType, text) => {
    const market = await openMarket();
    market.order({ kind: 'status', status: 429, body });
    const answer = await fetch(week(market));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, null]);
    expect(answer.headers.get('content-type')).toContain(contentType);
    expect(await answer.text()).toMatch(text);
  });

  it('429 says how long to wait where it is told to', async () => {
    const market = await openMarket();
    market.order({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    const answer = await fetch(chartUrl(market, 'bitcoin', 1));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('happen in the order in which they were ordered, as often as ordered, and then no more', async () => {
    const market = await openMarket();
    market.order({ kind: 'status', status: 500, times: 2 });
    market.order({ kind: 'status', status: 503 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await fetch(week(market))).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
  });

  it('befall only the requests they match', async () => {
    const market = await openMarket();
    market.order({ kind: 'status', status: 500, times: null, match: { source: 'coingecko' } });
    market.order({ kind: 'status', status: 503, times: null, match: { pathIncludes: '/C:EURUSD/' } });
    expect((await fetch(week(market))).status).toBe(200);
    expect((await fetch(chartUrl(market, 'bitcoin', 1))).status).toBe(500);
    expect((await fetch(rangeUrl(market, 'C:EURUSD', '2026-11-19', '2026-11-19'))).status).toBe(503);
    market.clearFaults();
    expect((await fetch(chartUrl(market, 'bitcoin', 1))).status).toBe(200);
  });

  it('a truncated connection brings fewer bytes than it announces', async () => {
    const market = await openMarket();
    market.order({ kind: 'truncated' });
    const cut = await readRaw(week(market));
    expect(cut).toMatchObject({ isWhole: false, got: Math.floor(cut.announced / 2) });
    market.order({ kind: 'truncated' });
    const answer = await fetch(week(market));
    await expect(answer.text()).rejects.toThrow();
  });

  it('truncated JSON is whole HTTP', async () => {
    const market = await openMarket();
    market.order({ kind: 'truncated', cut: 'json' });
    const text = await (await fetch(week(market))).text();
    expect(text.startsWith('{"ticker":"AAPL"')).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('html and wrong-shape come with 200', async () => {
    const market = await openMarket();
    market.order({ kind: 'html' });
    const page = await fetch(week(market));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    market.order({ kind: 'wrong-shape' });
    const [status, body] = await statusAndBody(week(market));
    expect(status).toBe(200);
    expect(massiveSchema.safeParse(body).success).toBe(false);
    expect(chartSchema.safeParse(body).success).toBe(false);
  });

  it('a reset drops the connection, and the log has no status for it', async () => {
    const market = await openMarket();
    market.order({ kind: 'reset' });
    await expect(fetch(week(market))).rejects.toThrow();
    expect(market.requests).toMatchObject([{ status: null, faults: ['reset'] }]);
  });

  it('a slow answer has not begun when an impatient client leaves, and is right for a patient one', async () => {
    const market = await openMarket();
    market.order({ kind: 'slow', delayMs: 600_000 });
    await expect(fetch(week(market), { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/i);
    market.order({ kind: 'slow', delayMs: 20 });
    expect((await ask(week(market), massiveSchema)).results).toHaveLength(4);
    expect(market.requests.map(({ faults }) => faults)).toEqual([['slow'], ['slow']]);
  });

  it('a closing market does not wait for its slow answers', async () => {
    const market = await openMarket();
    market.order({ kind: 'slow', delayMs: 600_000 });
    const left = fetch(week(market)).then(
      () => 'answered',
      () => 'dropped',
    );
    await expect.poll(() => market.requests.length).toBe(1);
    await market.close();
    expect(await left).toBe('dropped');
  });
});

describe('faults of content', () => {
  it.each([
    [{ op: 'set', value: 0 }, { c: 0 }],
    [{ op: 'set', field: 'open', value: -3.5 }, { o: -3.5 }],
    [{ op: 'set', value: null }, { c: null }],
    [{ op: 'set', value: 'NaN' }, { c: 'NaN' }],
    [{ op: 'set', field: 'volume', value: -1 }, { v: -1 }],
  ] as const)('a bar patched with %j is told as %j, and only that bar', async (change, expected) => {
    const market = await openMarket();
    const honest = (await ask(week(market), massiveSchema)).results ?? [];
    market.order({ kind: 'patch-bar', symbol: 'AAPL', date: '2026-11-18', change });
    const lying = (await ask(week(market), massiveSchema)).results ?? [];
    expect(lying[2]).toEqual({ ...honest[2], ...expected });
    expect(lying.toSpliced(2, 1)).toEqual(honest.toSpliced(2, 1));
    expect((await ask(week(market), massiveSchema)).results).toEqual(honest);
  });

  it('a bar can be crossed, doubled, dropped and restated, in ranges and grouped answers alike', async () => {
    const market = await openMarket();
    const [bar] =
      (await ask(rangeUrl(market, 'SPY', '2026-11-18', '2026-11-18'), massiveSchema)).results ?? [];
    const told = async (change: Extract<Fault, { kind: 'patch-bar' }>['change']): Promise<unknown[]> => {
      market.order({ kind: 'patch-bar', symbol: 'SPY', date: '2026-11-18', change });
      const grouped = `${market.urlOf('massive')}/v2/aggs/grouped/locale/us/market/stocks/2026-11-18`;
      const { results } = await ask(grouped, massiveSchema);
      return (results ?? []).filter(({ T }) => T === 'SPY').map(({ h, l, c }) => [h, l, c]);
    };
    expect(await told({ op: 'cross' })).toEqual([[bar?.l, bar?.h, bar?.c]]);
    expect(await told({ op: 'duplicate' })).toHaveLength(2);
    expect(await told({ op: 'drop' })).toEqual([]);
    expect(await told({ op: 'multiply', factor: 0.5 })).toEqual([
      [bar?.h, bar?.l, bar?.c].map((price) => Number(price) / 2),
    ]);
  });

  it('a patched coin is lied about at the midnight after its day', async () => {
    const market = await openMarket();
    const honest = await ask(chartUrl(market, 'bitcoin', 5), chartSchema);
    market.order({
      kind: 'patch-bar',
      symbol: 'bitcoin',
      date: '2026-11-18',
      change: { op: 'set', value: -1 },
    });
    const lying = await ask(chartUrl(market, 'bitcoin', 5), chartSchema);
    const wrong = lying.prices.filter(([, price], index) => price !== honest.prices[index]?.[1]);
    expect(wrong).toEqual([[Date.parse('2026-11-19T00:00:00Z'), -1]]);
    market.order({ kind: 'patch-bar', symbol: 'bitcoin', date: '2026-11-18', change: { op: 'duplicate' } });
    expect((await ask(chartUrl(market, 'bitcoin', 5), chartSchema)).prices).toHaveLength(7);
  });

  it('a patch waits for an answer that tells its bar', async () => {
    const market = await openMarket();
    market.order({ kind: 'patch-bar', symbol: 'AAPL', date: '2026-11-18', change: { op: 'drop' } });
    expect(
      (await ask(rangeUrl(market, 'AAPL', '2026-11-09', '2026-11-13'), massiveSchema)).results,
    ).toHaveLength(5);
    expect((await ask(week(market), massiveSchema)).results).toHaveLength(3);
    expect((await ask(week(market), massiveSchema)).results).toHaveLength(4);
  });

  it('a lie at the edge of a page moves no other bar', async () => {
    const market = await openMarket({ pageSize: 2 });
    market.order({ kind: 'patch-bar', symbol: 'AAPL', date: '2026-11-17', change: { op: 'duplicate' } });
    const first = await ask(week(market), massiveSchema);
    const second = await ask(first.next_url ?? '', massiveSchema);
    const days = [...(first.results ?? []), ...(second.results ?? [])].map(({ t }) =>
      new Date(t).getUTCDate(),
    );
    expect(days).toEqual([16, 17, 17, 18, 19]);
  });

  it.each([
    ['results-null', { results: null, status: 'OK' }],
    ['results-empty', { results: [], status: 'OK' }],
    ['delayed', { status: 'DELAYED' }],
    ['request-id-integer', { request_id: 1_234_567_890 }],
  ] as const)('%s changes the body of one answer', async (kind, expected) => {
    const market = await openMarket();
    market.order({ kind });
    expect(await statusAndBody(week(market))).toMatchObject([200, expected]);
    expect((await ask(week(market), massiveSchema)).results).toHaveLength(4);
  });

  it('an empty chart is three empty arrays', async () => {
    const market = await openMarket();
    market.order({ kind: 'results-empty' });
    const empty = { prices: [], market_caps: [], total_volumes: [] };
    expect(await statusAndBody(chartUrl(market, 'bitcoin', 5))).toEqual([200, empty]);
  });

  it.each([
    ['timeframe', "doesn't include this data timeframe", 10012],
    ['entitled', 'not entitled', 10005],
    ['today', "today's data before end of day", 10012],
  ] as const)('not-authorized says %s', async (reason, message, errorCode) => {
    const market = await openMarket();
    market.order({ kind: 'not-authorized', reason, times: 2 });
    const [status, body] = await statusAndBody(week(market));
    expect([status, body]).toMatchObject([403, { message: expect.stringContaining(message) as string }]);
    const answer = await fetch(chartUrl(market, 'bitcoin', 5));
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain(`"error_code":${errorCode}`);
  });

  it('a clip answers the newest days only and says nothing of it', async () => {
    const market = await openMarket();
    market.order({ kind: 'clip', days: 3, times: 2 });
    const range = await ask(rangeUrl(market, 'AAPL', '2026-10-01', '2026-11-19'), massiveSchema);
    expect(range).toMatchObject({ status: 'OK' });
    expect(range.results?.map(({ t }) => new Date(t).getUTCDate())).toEqual([17, 18, 19]);
    expect((await ask(chartUrl(market, 'bitcoin', 30), chartSchema)).prices).toHaveLength(4);
    expect((await ask(chartUrl(market, 'bitcoin', 30), chartSchema)).prices).toHaveLength(31);
  });
});
