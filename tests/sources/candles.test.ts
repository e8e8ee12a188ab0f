import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { addDays, midnightUtcMs } from '../../workflows/pure/cell.ts';
import { exchanges, type Day } from './candles.ts';
import { accessTo, cellOf, codeOf, page, rangeAsk, refusalOf, startApi, type TestApi } from './support.ts';

const day = (date: string, more: Partial<Day> = {}): Day => ({
  startMs: midnightUtcMs(date),
  open: 100,
  high: 110,
  low: 90,
  close: 105,
  volume: 12.5,
  ...more,
});

/** Four prices in the order that they must keep: the lowest and the highest around the first and the last. */
const prices = fc
  .array(fc.double({ min: 1e-12, max: 1e9, noNaN: true }), { minLength: 4, maxLength: 4 })
  .chain((four) => {
    const [low = 1, one = 1, other = 1, high = 1] = four.toSorted((a, b) => a - b);
    return fc.constantFrom({ low, high, open: one, close: other }, { low, high, open: other, close: one });
  });
const volume = fc.double({ min: 0, max: 1e12, noNaN: true });

describe.each(exchanges)('$name', ({ candles, symbol, encode, target, name }) => {
  const ask = rangeAsk(symbol, '2026-11-17', '2026-11-19', '2026-11-20');
  const on = (body: unknown, date: string): readonly unknown[] =>
    candles.rowsOfCell([page(body)], ask, cellOf(symbol, date));

  it('is asked for whole days, the last one included', () => {
    expect(candles.firstPage(ask)).toEqual({ target });
  });

  it.each([
    ['a range that runs backwards', rangeAsk(symbol, '2026-11-19', '2026-11-17')],
    ['a day that does not exist', rangeAsk(symbol, '2026-02-30', '2026-03-01')],
    ['no symbol', rangeAsk('', '2026-11-17', '2026-11-19')],
    ['a symbol that climbs', rangeAsk('..', '2026-11-17', '2026-11-19')],
    ['a whole market', { kind: 'grouped', group: 'crypto', date: '2026-11-19' } as const],
  ])('is not asked for %s', async (_, wrong) => {
    expect(await codeOf(() => candles.firstPage(wrong))).toBe('RequestRefused');
  });

  it('keeps a symbol in its place', () => {
    expect(candles.firstPage({ ...ask, symbol: 'A/B&limit=1' }).target).toContain('A%2FB%26limit%3D1');
  });

  it('keeps every price in its role: low <= open, close <= high', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(prices, volume), { minLength: 1, maxLength: 3 }), (given) => {
        const days = given.map(([four, traded], index) =>
          day(addDays('2026-11-17', index), { ...four, volume: traded }),
        );
        const body = encode(days);
        for (const { startMs, ...expected } of days) {
          const date = new Date(startMs).toISOString().slice(0, 10);
          const rows = on(body, date);
          expect(rows).toHaveLength(1);
          expect(rows[0]).toMatchObject(expected);
          const { open, high, low, close } = rows[0] as Day;
          expect(low <= Math.min(open, close) && Math.max(open, close) <= high).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives a candle to the day that it starts', () => {
    const body = encode([day('2026-11-18', { close: 101 }), day('2026-11-19', { close: 102 })]);
    expect(on(body, '2026-11-17')).toEqual([]);
    expect(on(body, '2026-11-18')).toMatchObject([{ close: 101 }]);
    expect(on(body, '2026-11-19')).toMatchObject([{ close: 102 }]);
  });

  it('keeps no day that nobody asked for, and counts what is left', () => {
    const dates = ['2026-11-16', '2026-11-17', '2026-11-19', '2026-11-20'];
    const body = encode(dates.map((date) => day(date)));
    expect(candles.readPage(page(body), ask)).toEqual({ rowCount: 2 });
    expect(on(body, '2026-11-16')).toEqual([]);
    expect(on(body, '2026-11-20')).toEqual([]);
  });

  it('never keeps the candle of the day on which it is asked, which is still open', () => {
    const open = rangeAsk(symbol, '2026-11-18', '2026-11-20', '2026-11-20');
    const body = encode(['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'].map((date) => day(date)));
    expect(candles.readPage(page(body), open)).toEqual({ rowCount: 2 });
    expect(candles.rowsOfCell([page(body)], open, cellOf(symbol, '2026-11-20'))).toEqual([]);
  });

  it('answers an empty range with no row', () => {
    expect(candles.readPage(page(encode([])), ask)).toEqual({ rowCount: 0 });
  });

  it('says nothing about another pair, and hands a day that comes twice on twice', () => {
    const twice = encode([day('2026-11-18'), day('2026-11-18', { close: 1 })]);
    expect(candles.rowsOfCell([page(twice)], ask, cellOf('OTHER', '2026-11-18'))).toEqual([]);
    expect(on(twice, '2026-11-18')).toHaveLength(2);
  });

  it('keeps zeros and negative numbers for the audit', () => {
    const body = encode([day('2026-11-18', { close: 0, low: -1 })]);
    expect(on(body, '2026-11-18')).toMatchObject([{ close: 0, low: -1 }]);
  });

  it('refuses a candle that starts at no midnight, since its day would be a guess', async () => {
    const askew = day('2026-11-18');
    const body = encode([{ ...askew, startMs: askew.startMs + 3_600_000 }]);
    const error = await refusalOf(() => candles.readPage(page(body), ask));
    expect([error.code, error.message]).toEqual([
      'WrongShape',
      expect.stringContaining('stamped 2026-11-18T01:00:00.000Z does not start at midnight UTC'),
    ]);
  });

  it.each([
    ['HTML', '<html><title>Sorry</title></html>'],
    ['half an answer', JSON.stringify(encode([day('2026-11-18')])).slice(0, -9)],
    ['nothing', ''],
    ['another object', { data: [] }],
    ['a number', 7],
  ])('refuses %s as WrongShape, with its bytes', async (_, body) => {
    const error = await refusalOf(() => candles.readPage(page(body), ask));
    expect([error.code, error.facts.body === undefined]).toEqual(['WrongShape', false]);
  });

  describe('on the wire', () => {
    let api: TestApi | undefined;
    afterEach(() => api?.close());

    it('sends no key, even where one is configured, and waits as long as a 429 says', async () => {
      api = await startApi((_, response) => response.writeHead(429, { 'retry-after': '7' }).end('slow down'));
      const access = accessTo(api.url, { apiKey: 'a-key-of-nobody' });
      const error = await refusalOf(() => candles.send(candles.firstPage(ask), access));
      expect([error.code, error.facts.retryAfterMs]).toEqual(['RateLimited', 7000]);
      expect(error.message).toContain(`Asking ${name} for ${target}`);
      expect(JSON.stringify(api.requests[0]?.rawHeaders)).not.toContain('a-key-of-nobody');
    });
  });
});
