import { describe, expect, it } from 'vitest';
import { krakenRefusalOf } from '../../sources/kraken-refusal.ts';
import { addDays, midnightUtcMs } from '../../workflows/pure/cell.ts';
import { kraken, krakenRow } from './candles.ts';
import { cellOf, codeOf, page, rangeAsk, refusalOf } from './support.ts';

const { candles } = kraken;
const ask = rangeAsk('XBTUSD', '2026-01-01', '2026-01-02', '2026-01-04');
const row = [1_767_225_600, '89900.1', '90500.0', '89000.0', '90010.5', '89950.2', '1234.56789012', 10_000];
const answer = (result: unknown, error: readonly unknown[] = []): ReturnType<typeof page> =>
  page({ error, result });
const on = (body: ReturnType<typeof page>, date: string): unknown =>
  candles.rowsOfCell([body], ask, cellOf('XBTUSD', date));

describe('an answer', () => {
  it('stands below another name than was asked for, in texts', () => {
    expect(on(answer({ XXBTZUSD: [row], last: 1_767_225_600 }), '2026-01-01')).toEqual([
      {
        open: 89_900.1,
        high: 90_500,
        low: 89_000,
        close: 90_010.5,
        volume: 1234.567_890_12,
        vwap: 89_950.2,
        trade_count: 10_000,
      },
    ]);
  });

  it('has its pair before or behind "last"', () => {
    expect(on(answer({ last: 1_767_225_600, XBTUSD: [row] }), '2026-01-01')).toHaveLength(1);
  });

  it('ends in a candle that is not committed, which is not taken', () => {
    const uncommitted = row.with(0, 1_767_312_000);
    const body = answer({ XXBTZUSD: [row, uncommitted], last: 1_767_225_600 });
    expect(candles.readPage(body, ask)).toEqual({ rowCount: 1 });
    expect(on(body, '2026-01-02')).toEqual([]);
  });

  it('may bring a warning along', () => {
    const body = answer({ XXBTZUSD: [row], last: 1_767_225_600 }, ['WGeneral:Something to know']);
    expect(on(body, '2026-01-01')).toHaveLength(1);
  });

  it.each([
    ['two pairs', { XXBTZUSD: [row], XETHZUSD: [row], last: 1_767_225_600 }],
    ['no pair', { last: 1_767_225_600 }],
    ['no "last"', { XXBTZUSD: [row] }],
    ['a pair that is no list', { XXBTZUSD: {}, last: 1_767_225_600 }],
    ['stamps in milliseconds', { XXBTZUSD: [row.with(0, 1_767_225_600_000)], last: 1_767_225_600 }],
    ['a list for a result', [row]],
    ['a price in words', { XXBTZUSD: [row.with(1, 'many')], last: 1_767_225_600 }],
  ])('with %s is WrongShape', async (_, result) => {
    expect(await codeOf(() => candles.readPage(answer(result), ask))).toBe('WrongShape');
  });

  it('with neither an error nor a result is WrongShape', async () => {
    expect(await codeOf(() => candles.readPage(page({ error: [] }), ask))).toBe('WrongShape');
  });
});

describe('the 720 candles that are kept', () => {
  const first = '2024-12-01';
  const dates = Array.from({ length: 720 }, (_, index) => addDays(first, index));
  const days = dates.map((date) => ({
    ...{ startMs: midnightUtcMs(date), open: 1, high: 1, low: 1, close: 1, volume: 1 },
  }));
  const full = answer({ XXBTZUSD: days.map(krakenRow), last: (days.at(-2)?.startMs ?? 0) / 1000 });
  const today = dates.at(-1) ?? first;

  it('bound what a request is planned for', () => {
    expect(candles.coverage).toMatchObject({ maxRangeDays: 720, rangeEndsToday: true });
  });

  it('give the days that they reach, where a range begins before them', () => {
    const edge = rangeAsk('XBTUSD', '2024-11-29', '2024-12-02', today);
    expect(candles.readPage(full, edge)).toEqual({ rowCount: 2 });
  });

  it('refuse a range that lies wholly before them, and say from when on there is something', async () => {
    const old = rangeAsk('XBTUSD', '2024-11-01', '2024-11-30', today);
    const error = await refusalOf(() => candles.readPage(full, old));
    expect([error.code, error.isRetryable]).toEqual(['RangeRefused', false]);
    expect(error.message).toContain('newest 720 candles, the oldest of 2024-12-01');
  });

  it('are fewer for a young pair, which has no price of that day and is not refused', () => {
    const young = answer({
      XXBTZUSD: days.slice(-9).map(krakenRow),
      last: (days.at(-2)?.startMs ?? 0) / 1000,
    });
    expect(candles.readPage(young, rangeAsk('XBTUSD', '2024-11-01', '2024-11-30', today))).toEqual({
      rowCount: 0,
    });
  });
});

describe('an error in a 200', () => {
  it.each([
    ['EQuery:Unknown asset pair', 'SymbolUnknown', false],
    ['EQuery:Invalid asset pair', 'SymbolUnknown', false],
    ['EGeneral:Invalid arguments', 'RequestRefused', false],
    ['EGeneral:Permission denied', 'RequestRefused', false],
    ['EGeneral:Internal error', 'SourceUnavailable', true],
    ['EGeneral:Too many requests', 'RateLimited', true],
    ['EGeneral:Temporary lockout', 'RateLimited', true],
    ['EAPI:Rate limit exceeded', 'RateLimited', true],
    ['EService:Throttled: 1767225600', 'RateLimited', true],
    ['EService:Unavailable', 'SourceUnavailable', true],
    ['EService:Busy', 'SourceUnavailable', true],
    ['ESomething:New', 'RequestRefused', false],
  ])('%s is %s', async (text, code, isRetryable) => {
    const error = await refusalOf(() => candles.readPage(page({ error: [text] }), ask));
    expect([error.code, error.isRetryable]).toEqual([code, isRetryable]);
    expect(error.message).toContain(text);
    expect(error.facts.body).toBeDefined();
  });

  it('counts, even beside a result', async () => {
    const body = answer({ XXBTZUSD: [row], last: 1_767_225_600 }, ['EService:Busy']);
    expect(await codeOf(() => candles.readPage(body, ask))).toBe('SourceUnavailable');
  });

  it.each([
    [400, '{"error":["EQuery:Unknown asset pair"]}', 'SymbolUnknown'],
    [403, '<html>blocked</html>', 'RequestRefused'],
    [404, '{"error":[]}', 'RequestRefused'],
  ])('means the same with status %i: %s', (status, body, code) => {
    expect(krakenRefusalOf(status, body).code).toBe(code);
  });
});

describe('the currency of a pair', () => {
  it.each([
    ['XBTUSD', 'USD'],
    ['XXBTZUSD', 'USD'],
    ['XBTUSDT', 'USDT'],
    ['ETHXBT', 'XBT'],
    ['SOMETHING', undefined],
  ])('of %s is %s', (symbol, currency) => {
    expect(candles.currencyOf?.(symbol)).toBe(currency);
  });
});
