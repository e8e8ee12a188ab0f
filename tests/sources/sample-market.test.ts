import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coingeckoSource } from '../../sources/coingecko.ts';
import { massiveSource } from '../../sources/massive.ts';
import { startSampleMarket, type Fault, type SampleMarket } from '../../sources/sample/server.ts';
import type { Ask, RawPage, Resource, SourceAccess, SourceRow } from '../../sources/source.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import { accessTo, cellOf, codeOf, rangeAsk, refusalOf, resourceOf } from './support.ts';

const chart = resourceOf(coingeckoSource(), 'market_chart');
const bars = resourceOf(massiveSource(), 'daily_bars');
const now = new Date('2026-11-20T12:00:00Z');
const today = '2026-11-20';
const keys = { coingecko: 'cg-key', massive: 'massive-key' };

let market: SampleMarket;
beforeEach(async () => {
  market = await startSampleMarket({ now: () => now, keys, pageSize: 20 });
});
afterEach(() => market.close());

const chartAccess = (): SourceAccess => accessTo(market.urlOf('coingecko'), { apiKey: keys.coingecko });
const barsAccess = (): SourceAccess => accessTo(market.urlOf('massive'), { apiKey: keys.massive });

/** Asks page after page, as a window does. */
async function pagesOf(resource: Resource, ask: Ask, access: SourceAccess): Promise<RawPage[]> {
  const pages: RawPage[] = [];
  let next = resource.firstPage(ask);
  for (;;) {
    const answer = await resource.send(next, access);
    pages.push({ body: answer.body });
    const read = resource.readPage(answer, ask);
    if (read.next === undefined) return pages;
    next = read.next;
  }
}

function rowOn(
  resource: Resource,
  pages: RawPage[],
  ask: Ask,
  symbol: string,
  date: string,
): SourceRow | undefined {
  const rows = resource.rowsOfCell(pages, ask, cellOf(symbol, date));
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0];
}

const daysWithRows = (
  resource: Resource,
  pages: RawPage[],
  ask: Ask,
  symbol: string,
  from: string,
  to: string,
): string[] =>
  datesBetween(from, to).filter((date) => rowOn(resource, pages, ask, symbol, date) !== undefined);

describe('a window of the sample market', () => {
  it('of a coin has a close on each of ninety days, in one request', async () => {
    const ask = rangeAsk('bitcoin', '2026-08-22', '2026-11-19', today);
    const pages = await pagesOf(chart, ask, chartAccess());
    expect(daysWithRows(chart, pages, ask, 'bitcoin', '2026-08-21', '2026-11-20')).toEqual(
      datesBetween(ask.from, ask.to),
    );
    expect(market.requests).toHaveLength(1);
  });

  it('of a stock has a bar on each session across the change of clocks, over several pages', async () => {
    const ask = rangeAsk('AAPL', '2026-10-19', '2026-11-19', today);
    const pages = await pagesOf(bars, ask, barsAccess());
    const weekdays = datesBetween(ask.from, ask.to).filter(
      (date) => ![0, 6].includes(new Date(date).getUTCDay()),
    );
    expect(daysWithRows(bars, pages, ask, 'AAPL', ask.from, ask.to)).toEqual(weekdays);
    expect(pages).toHaveLength(2);
    expect(market.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('of a currency has a bar from Monday to Friday', async () => {
    const ask = rangeAsk('C:EURUSD', '2026-11-09', '2026-11-19', today);
    const pages = await pagesOf(bars, ask, barsAccess());
    expect(daysWithRows(bars, pages, ask, 'C:EURUSD', ask.from, ask.to)).toEqual([
      ...datesBetween('2026-11-09', '2026-11-13'),
      ...datesBetween('2026-11-16', '2026-11-19'),
    ]);
  });

  it.each([
    ['stocks', 'AAPL'],
    ['fx', 'C:EURUSD'],
  ])('grouped (%s) tells the same prices as a range', async (group, symbol) => {
    const grouped: Ask = { kind: 'grouped', group, date: '2026-11-18' };
    const range = rangeAsk(symbol, '2026-11-18', '2026-11-18', today);
    const one = rowOn(bars, await pagesOf(bars, grouped, barsAccess()), grouped, symbol, '2026-11-18');
    const other = rowOn(bars, await pagesOf(bars, range, barsAccess()), range, symbol, '2026-11-18');
    expect(one).toBeDefined();
    expect(one).toEqual(other);
  });

  it('of an unknown ticker is empty, of an unknown coin SymbolUnknown', async () => {
    const ask = rangeAsk('ZZZZZ', '2026-11-18', '2026-11-18', today);
    const answer = await bars.send(bars.firstPage(ask), barsAccess());
    expect(bars.readPage(answer, ask)).toEqual({ rowCount: 0 });
    const coin = rangeAsk('no-such-coin', '2026-11-18', '2026-11-18', today);
    expect(await codeOf(() => chart.send(chart.firstPage(coin), chartAccess()))).toBe('SymbolUnknown');
  });
});

const coinAsk = rangeAsk('bitcoin', '2026-11-10', '2026-11-19', today);
const stockAsk = rangeAsk('AAPL', '2026-11-10', '2026-11-19', today);
const askChart = async (access = chartAccess()): Promise<unknown> => pagesOf(chart, coinAsk, access);
const askBars = async (access = barsAccess()): Promise<unknown> => pagesOf(bars, stockAsk, access);

describe('a market that refuses', () => {
  it('a wrong or missing key is KeyRefused', async () => {
    for (const apiKey of ['wrong', undefined]) {
      const key = apiKey === undefined ? {} : { apiKey };
      expect(await codeOf(() => askChart(accessTo(market.urlOf('coingecko'), key)))).toBe('KeyRefused');
      expect(await codeOf(() => askBars(accessTo(market.urlOf('massive'), key)))).toBe('KeyRefused');
    }
  });

  it('a range beyond the plan is RangeRefused', async () => {
    const old = rangeAsk('bitcoin', '2025-11-01', '2025-11-02', today);
    expect(await codeOf(() => chart.send(chart.firstPage(old), chartAccess()))).toBe('RangeRefused');
    const early = rangeAsk('AAPL', today, today, today);
    expect(await codeOf(() => bars.send(bars.firstPage(early), barsAccess()))).toBe('RangeRefused');
  });

  it('365 days back is within the plan, and has a close', async () => {
    const edge = rangeAsk('bitcoin', '2025-11-20', '2026-11-19', today);
    const pages = await pagesOf(chart, edge, chartAccess());
    expect(rowOn(chart, pages, edge, 'bitcoin', '2025-11-20')).toBeDefined();
  });
});

describe('a market that has trouble', () => {
  it.each<[Fault['kind'], Fault, string]>([
    ['status', { kind: 'status', status: 429, body: 'text', times: 1, retryAfterSeconds: 9 }, 'RateLimited'],
    ['status', { kind: 'status', status: 500, body: 'json', times: 1 }, 'SourceUnavailable'],
    ['truncated', { kind: 'truncated', cut: 'connection', times: 1 }, 'SourceUnavailable'],
    ['truncated', { kind: 'truncated', cut: 'json', times: 1 }, 'WrongShape'],
    ['html', { kind: 'html', times: 1 }, 'WrongShape'],
    ['wrong-shape', { kind: 'wrong-shape', times: 1 }, 'WrongShape'],
    ['reset', { kind: 'reset', times: 1 }, 'SourceUnavailable'],
  ])('%s: %j is %s, retryable, and gone the next time', async (_, fault, code) => {
    for (const ask of [askChart, askBars]) {
      market.order(fault);
      const error = await refusalOf(ask);
      expect([error.code, error.isRetryable]).toEqual([code, true]);
      if (code === 'RateLimited') expect(error.facts.retryAfterMs).toBe(9000);
      await expect(ask()).resolves.toHaveLength(1);
    }
  });

  it('that is too slow is given up', async () => {
    market.order({ kind: 'slow', delayMs: 60_000, times: 1 });
    expect(await codeOf(() => askBars({ ...barsAccess(), timeoutMs: 50 }))).toBe('SourceUnavailable');
  });

  it.each([0, -1, null, 'NaN'])(
    'that lies about one day (%j) leaves the other days as they are',
    async (value) => {
      const change = { op: 'set', field: 'close', value } as const;
      market.order({ kind: 'patch-bar', symbol: 'bitcoin', date: '2026-11-17', change, times: null });
      market.order({ kind: 'patch-bar', symbol: 'AAPL', date: '2026-11-17', change, times: null });
      const lie = value === 'NaN' ? NaN : value;
      const coin = await pagesOf(chart, coinAsk, chartAccess());
      const stock = await pagesOf(bars, stockAsk, barsAccess());
      expect(rowOn(chart, coin, coinAsk, 'bitcoin', '2026-11-17')).toMatchObject({ close: lie });
      expect(rowOn(bars, stock, stockAsk, 'AAPL', '2026-11-17')).toMatchObject({ close: lie });
      expect(rowOn(chart, coin, coinAsk, 'bitcoin', '2026-11-16')?.['close']).toBeGreaterThan(0);
      expect(rowOn(bars, stock, stockAsk, 'AAPL', '2026-11-16')?.['close']).toBeGreaterThan(0);
    },
  );

  it('that tells a day twice tells it twice', async () => {
    market.order({
      kind: 'patch-bar',
      symbol: 'AAPL',
      date: '2026-11-17',
      change: { op: 'duplicate' },
      times: null,
    });
    const pages = await pagesOf(bars, stockAsk, barsAccess());
    expect(bars.rowsOfCell(pages, stockAsk, cellOf('AAPL', '2026-11-17'))).toHaveLength(2);
  });

  it('that leaves results out or null has an empty answer; DELAYED and an integer request_id change nothing', async () => {
    for (const kind of ['results-null', 'results-empty'] as const) {
      market.order({ kind, times: 1 });
      const answer = await bars.send(bars.firstPage(stockAsk), barsAccess());
      expect(bars.readPage(answer, stockAsk)).toEqual({ rowCount: 0 });
    }
    for (const kind of ['delayed', 'request-id-integer'] as const) {
      market.order({ kind, times: 1 });
      const answer = await bars.send(bars.firstPage(stockAsk), barsAccess());
      expect(bars.readPage(answer, stockAsk).rowCount).toBeGreaterThan(5);
    }
  });

  it('whose next_url names a foreign host is still asked itself', async () => {
    const other = await startSampleMarket({
      now: () => now,
      keys,
      pageSize: 4,
      toldBaseUrl: 'https://evil.test',
    });
    const pages = await pagesOf(bars, stockAsk, accessTo(other.urlOf('massive'), { apiKey: keys.massive }));
    const found = daysWithRows(bars, pages, stockAsk, 'AAPL', stockAsk.from, stockAsk.to);
    const asked = other.requests.length;
    await other.close();
    expect([found.length, pages.length, asked]).toEqual([8, 2, 2]);
  });
});
