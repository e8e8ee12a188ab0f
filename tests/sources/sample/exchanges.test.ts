import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import type { RawAnswer } from '../../../sources/source.ts';
import { addDays, datesBetween, midnightUtcMs } from '../../../workflows/pure/cell.ts';
import { binance, coinbase, exchanges, kraken, type Day, type Exchange } from '../candles.ts';
import { accessTo, cellOf, rangeAsk, refusalOf } from '../support.ts';
import { noon } from './support.ts';

const [from, to, today] = ['2026-11-15', '2026-11-19', '2026-11-20'];

let market: SampleMarket;
beforeAll(async () => {
  market = await startSampleMarket({ now: () => noon });
});
afterAll(() => market.close());
afterEach(() => market.clearFaults());

function send({ name, candles }: Exchange, symbol: string, first = from, last = to): Promise<RawAnswer> {
  const request = candles.firstPage(rangeAsk(symbol, first, last, today));
  return candles.send(request, accessTo(market.urlOf(name)));
}

/** The days of a pair as the lake would have them. */
async function daysOf(exchange: Exchange, symbol = exchange.symbol, first = from, last = to): Promise<Day[]> {
  const answer = await send(exchange, symbol, first, last);
  const ask = rangeAsk(symbol, first, last, today);
  return datesBetween(first, last).flatMap((date) =>
    exchange.candles
      .rowsOfCell([answer], ask, cellOf(symbol, date))
      // The columns of every exchange's rows.
      .map((row) => ({ ...(row as unknown as Day), startMs: midnightUtcMs(date) })),
  );
}

async function ask(name: Exchange['name'], path: string): Promise<[status: number, body: unknown]> {
  const answer = await fetch(`${market.urlOf(name)}${path}`);
  return [answer.status, await answer.json()];
}

describe.each(exchanges)('$name', (exchange) => {
  const { name, candles } = exchange;

  it('has sane candles of every day that is over, and none of today', async () => {
    const days = await daysOf(exchange, exchange.symbol, from, today);
    expect(days).toHaveLength(5);
    for (const { open, high, low, close, volume } of days) {
      expect([low <= open, low <= close, open <= high, close <= high, volume > 0]).not.toContain(false);
    }
  });

  it('says the same of a day in whatever range it is asked', async () => {
    const days = await daysOf(exchange);
    expect(await daysOf(exchange, exchange.symbol, '2026-11-17', '2026-11-17')).toEqual(days.slice(2, 3));
  });

  it('does not know a pair that nobody trades', async () => {
    const symbol = name === 'coinbase' ? 'NOSUCH-USD' : 'NOSUCHUSDT';
    const error = await refusalOf(async () =>
      candles.readPage(await send(exchange, symbol), rangeAsk(symbol, from, to, today)),
    );
    expect([error.code, error.isRetryable]).toEqual(['SymbolUnknown', false]);
  });

  it('can lie about a day, leave it out, and empty an answer', async () => {
    const lie = {
      kind: 'patch-bar',
      match: { source: name },
      symbol: 'bitcoin',
      date: '2026-11-17',
    } as const;
    market.order({ ...lie, change: { op: 'set', value: 'NaN' } });
    expect((await daysOf(exchange))[2]?.close).toBeNaN();
    market.order({ ...lie, change: { op: 'drop' } });
    expect(await daysOf(exchange)).toHaveLength(4);
    market.order({ kind: 'results-empty', match: { source: name } });
    expect(await daysOf(exchange)).toHaveLength(0);
  });

  it('is told apart from the others by its prices, and by little', async () => {
    const others = exchanges.filter((other) => other !== exchange && other !== binance);
    const [own, ...rest] = await Promise.all([exchange, ...others].map((each) => daysOf(each)));
    for (const days of rest) {
      const parts = (own ?? []).map(({ close }, index) => Math.abs(close / (days[index]?.close ?? 0) - 1));
      expect(parts).toHaveLength(5);
      expect(Math.min(...parts)).toBeGreaterThan(0);
      // Twice 0.05 %, and what a stablecoin is off from the dollar.
      expect(Math.max(...parts)).toBeLessThan(name === 'binance' ? 0.02 : 0.001_01);
    }
  });

  it('says with its own words that it was asked too often', async () => {
    const limited = await startSampleMarket({ now: () => noon, limits: { [name]: 1 } });
    const access = accessTo(limited.urlOf(name));
    const range = rangeAsk(exchange.symbol, from, to, today);
    const asking = async (): Promise<unknown> =>
      candles.readPage(await candles.send(candles.firstPage(range), access), range);
    await asking();
    const error = await refusalOf(asking);
    await limited.close();
    const isHeaderSent = error.facts.retryAfterMs !== undefined;
    expect([error.code, isHeaderSent]).toEqual(['RateLimited', name === 'binance']);
    expect(error.message).toMatch(/rate limit exceeded|request weight/i);
  });
});

describe('coinbase', () => {
  const candlesOf = (more: string): Promise<[number, unknown]> =>
    ask('coinbase', `/products/BTC-USD/candles?granularity=86400${more}`);

  it('tells the newest day first, in seconds, and one from before the start', async () => {
    const [, rows] = await candlesOf('&start=2026-11-17T00:00:00Z&end=2026-11-18T23:59:59Z');
    const starts = (rows as unknown[][]).map(([start]) => start);
    const dates = ['2026-11-18', '2026-11-17', '2026-11-16'];
    expect(starts).toEqual(dates.map((date) => midnightUtcMs(date) / 1000));
    expect(
      coinbase.candles.readPage(pageOf(rows), rangeAsk('BTC-USD', '2026-11-17', '2026-11-18', today)),
    ).toEqual({ rowCount: 2 });
  });

  it('ignores a start without an end, and refuses more than 300 days', async () => {
    const [, rows] = await candlesOf('&start=2026-11-17T00:00:00Z');
    expect(rows).toHaveLength(301);
    const first = addDays(to, -299);
    expect(await daysOf(coinbase, 'BTC-USD', first)).toHaveLength(300);
    const error = await refusalOf(() => send(coinbase, 'BTC-USD', addDays(first, -1)));
    expect([error.code, error.message]).toEqual(['RequestRefused', expect.stringContaining('exceeds 300')]);
  });
});

describe('binance', () => {
  const klines = (query: string): Promise<[number, unknown]> => ask('binance', `/api/v3/klines?${query}`);

  it('tells twelve items, prices as texts, and the open candle last', async () => {
    const [, rows] = await klines('symbol=BTCUSDT&interval=1d&limit=2');
    const price = expect.stringMatching(/^\d+\.\d{8,}$/) as string;
    const start = midnightUtcMs('2026-11-20');
    expect(rows).toHaveLength(2);
    const row = (rows as unknown[][])[1];
    expect(row).toHaveLength(12);
    expect(row?.slice(0, 7)).toEqual([start, price, price, price, price, price, start + 86_399_999]);
    expect(start + 86_399_999).toBeGreaterThan(noon.getTime());
  });

  it('tells 500 candles unless it is asked for more, and never more than 1000', async () => {
    const query = 'symbol=BTCUSDT&interval=1d&startTime=1700000000000';
    expect((await klines(query))[1]).toHaveLength(500);
    expect((await klines(`${query}&limit=5000`))[1]).toHaveLength(1000);
  });

  it('prices in Tether, which is not the dollar', async () => {
    const [inTether, tether, inDollars] = await Promise.all([
      daysOf(binance, 'BTCUSDT'),
      daysOf(kraken, 'USDTUSD'),
      daysOf(kraken, 'XBTUSD'),
    ]);
    const rates = tether.map(({ close }) => close);
    expect(rates.every((rate) => rate !== 1 && Math.abs(rate - 1) < 0.02)).toBe(true);
    const parts = inTether.map(
      ({ close }, index) => (close * (rates[index] ?? 0)) / (inDollars[index]?.close ?? 1) - 1,
    );
    expect(Math.max(...parts.map(Math.abs))).toBeLessThan(0.002);
  });

  it.each([
    ['symbol=BTC-USDT&interval=1d', -1121],
    ['symbol=btcusdt&interval=1d', -1100],
    ['symbol=BTCUSDT&interval=1D', -1120],
  ])('refuses %s with %i', async (query, code) => {
    expect(await klines(query)).toEqual([400, { code, msg: expect.any(String) as string }]);
  });

  it('can be out of reach from where one is, and ban an address', async () => {
    market.order({ kind: 'not-authorized', match: { source: 'binance' } });
    const restricted = await refusalOf(() => send(binance, 'BTCUSDT'));
    expect([restricted.facts.status, restricted.code]).toEqual([451, 'RequestRefused']);
    expect(restricted.message).toContain('restricted location');
    market.order({ kind: 'status', status: 418, retryAfterSeconds: 120, match: { source: 'binance' } });
    const banned = await refusalOf(() => send(binance, 'BTCUSDT'));
    expect([banned.code, banned.facts.retryAfterMs]).toEqual(['RateLimited', 120_000]);
  });
});

describe('kraken', () => {
  const ohlc = (query: string): Promise<[number, unknown]> => ask('kraken', `/0/public/OHLC?${query}`);

  it('tells 720 candles however far back it is asked, below a name of its own, and the last is open', async () => {
    const [status, body] = await ohlc('pair=XBTUSD&interval=1440&since=0');
    const { error, result } = body as { error: unknown; result: Record<string, unknown[][]> };
    const rows = result['XXBTZUSD'] ?? [];
    expect([status, error, Object.keys(result)]).toEqual([200, [], ['XXBTZUSD', 'last']]);
    expect([rows.length, rows[0]?.[0]]).toEqual([720, midnightUtcMs(addDays(today, -719)) / 1000]);
    expect([result['last'], rows.at(-1)?.[0]]).toEqual([
      midnightUtcMs(addDays(today, -1)) / 1000,
      midnightUtcMs(today) / 1000,
    ]);
  });

  it('leaves out what begins at "since", so that the first day must be asked for by the second before it', async () => {
    const since = midnightUtcMs('2026-11-18') / 1000;
    const [, body] = await ohlc(`pair=SOLUSD&interval=1440&since=${since}`);
    const starts = (body as { result: { SOLUSD: unknown[][] } }).result.SOLUSD.map(([start]) => start);
    expect(starts).toEqual(['2026-11-19', '2026-11-20'].map((date) => midnightUtcMs(date) / 1000));
    expect(await daysOf(kraken, 'SOLUSD', '2026-11-18', '2026-11-19')).toHaveLength(2);
  });

  it('gives its oldest day, and refuses what lies before it', async () => {
    const oldest = addDays(today, -719);
    expect(await daysOf(kraken, 'XBTUSD', oldest, oldest)).toHaveLength(1);
    const [first, last] = [addDays(oldest, -9), addDays(oldest, -1)];
    const answer = await send(kraken, 'XBTUSD', first, last);
    const error = await refusalOf(() =>
      kraken.candles.readPage(answer, rangeAsk('XBTUSD', first, last, today)),
    );
    expect(error.code).toBe('RangeRefused');
  });

  it.each([
    ['pair=NOSUCH&interval=1440', 'EQuery:Unknown asset pair'],
    ['pair=XBTUSD&interval=1', 'EGeneral:Invalid arguments'],
  ])('refuses %s with status 200', async (query, error) => {
    expect(await ohlc(query)).toEqual([200, { error: [error] }]);
  });
});

function pageOf(body: unknown): { body: Uint8Array } {
  return { body: new TextEncoder().encode(JSON.stringify(body)) };
}
