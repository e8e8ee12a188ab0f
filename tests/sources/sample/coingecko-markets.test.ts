import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newestClosedDay } from '../../../sources/sample/coingecko-chart.ts';
import { createPriceBook } from '../../../sources/sample/price-book.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import { ask, noon, statusAndBody } from './support.ts';

const number = z.number();
const rowSchema = z.strictObject({
  id: z.string(),
  symbol: z.string(),
  name: z.string().includes('synthetic'),
  image: z.string(),
  current_price: number,
  market_cap: number.nullable(),
  market_cap_rank: number.nullable(),
  fully_diluted_valuation: number.nullable(),
  total_volume: number,
  high_24h: number,
  low_24h: number,
  price_change_24h: number,
  price_change_percentage_24h: number,
  market_cap_change_24h: number.nullable(),
  market_cap_change_percentage_24h: number.nullable(),
  circulating_supply: number.nullable(),
  total_supply: number.nullable(),
  max_supply: number.nullable(),
  ath: number,
  ath_change_percentage: number,
  ath_date: z.iso.datetime(),
  atl: number,
  atl_change_percentage: number,
  atl_date: z.iso.datetime(),
  roi: z.null(),
  last_updated: z.iso.datetime(),
  price_change_percentage_7d_in_currency: number.optional(),
  sparkline_in_7d: z.strictObject({ price: z.array(number) }).optional(),
});
type Row = z.output<typeof rowSchema>;

// One market for all: three hundred coins of eleven years are walked once.
let market: SampleMarket;
beforeAll(async () => {
  market = await startSampleMarket({ now: () => noon });
});
afterEach(() => {
  market.clearFaults();
  market.forgetRequests();
});
afterAll(() => market.close());

async function pageOf(page: number, more = '&per_page=100'): Promise<Row[]> {
  const url = `${market.urlOf('coingecko')}/coins/markets?vs_currency=usd&page=${page}${more}`;
  return ask(url, z.array(rowSchema));
}

const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);

describe('coins/markets', () => {
  it('tells 300 coins, each once, largest first, in pages that end in an empty one', async () => {
    const pages = [await pageOf(1), await pageOf(2), await pageOf(3)];
    const rows = pages.flat();
    expect(pages.map((page) => page.length)).toEqual([100, 100, 100]);
    expect(new Set(idsOf(rows)).size).toBe(300);
    const isAhead = (row: Row): boolean =>
      row.ath < row.current_price || row.atl > row.current_price || row.ath_date > noon.toISOString();
    expect(rows.filter(isAhead)).toEqual([]);
    const caps = rows.map((row) => row.market_cap ?? 0);
    expect(caps).toEqual([...caps].sort((left, right) => right - left));
    expect(rows.slice(0, 297).map((row) => row.market_cap_rank)).toEqual(
      Array.from({ length: 297 }, (_, index) => index + 1),
    );
    expect(rows.slice(297)).toMatchObject(
      Array(3).fill({
        market_cap: null,
        market_cap_rank: null,
        circulating_supply: null,
        total_supply: null,
      }),
    );
    expect(await statusAndBody(`${market.urlOf('coingecko')}/coins/markets?vs_currency=usd&page=4`)).toEqual([
      200,
      [],
    ]);
  });

  it('gives 100 rows unless told otherwise and never more than 250, and says how many there are', async () => {
    const ask = (query: string): Promise<Response> =>
      fetch(`${market.urlOf('coingecko')}/coins/markets?vs_currency=usd${query}`);
    expect(await (await ask('')).json()).toHaveLength(100);
    const large = await ask('&per_page=1000');
    expect(await large.json()).toHaveLength(250);
    expect([large.headers.get('total'), large.headers.get('per-page')]).toEqual(['300', '250']);
    expect(large.headers.get('link')).toMatch(
      /coins\/markets\?[^>]*page=2>; rel="next", <.*page=2>; rel="last"$/,
    );
  });

  it('tells a coin in one row whose figures agree with each other and with the book', async () => {
    const [row] = await pageOf(1, '&ids=bitcoin&price_change_percentage=7d,1century&sparkline=true');
    const book = createPriceBook(1);
    const bitcoin = book.find('crypto', 'bitcoin');
    expect.assert(row !== undefined && bitcoin !== undefined);
    const before = book.priceAt(bitcoin, noon.getTime() - 86_400_000);
    expect(row.current_price).toBe(book.priceAt(bitcoin, noon.getTime()));
    expect(row.market_cap).toBe(Math.round(row.current_price * bitcoin.supply));
    expect(row.market_cap_rank).toBe(1);
    expect(row.price_change_24h).toBe(row.current_price - before);
    expect(row.low_24h).toBeLessThanOrEqual(row.current_price);
    expect(row.ath).toBeGreaterThan(row.current_price);
    const peak = newestClosedDay(new Date(row.ath_date), 0);
    expect(book.levelAt(bitcoin, peak)).toBe(row.ath);
    expect(row.total_supply ?? 0).toBeGreaterThanOrEqual(row.circulating_supply ?? Infinity);
    expect(row.sparkline_in_7d?.price).toHaveLength(168);
    expect(row.sparkline_in_7d?.price.at(-1)).toBe(row.current_price);
    expect(row.price_change_percentage_7d_in_currency).toBeTypeOf('number');
  });

  it('filters and orders as asked, with the rank among all coins', async () => {
    const solana = await pageOf(1, '&ids=solana,monero&order=id_asc');
    expect(idsOf(solana)).toEqual(['monero', 'solana']);
    expect(solana.every((row) => (row.market_cap_rank ?? 0) > 2)).toBe(true);
    expect(idsOf(await pageOf(1, '&symbols=smp99'))).toEqual(['sample-coin-099', 'sample-coin-100']);
    const url = `${market.urlOf('coingecko')}/coins/markets?vs_currency=usd&order=gecko_desc`;
    expect(await statusAndBody(url)).toEqual([400, { error: 'invalid order' }]);
  });

  it('a ranking that moves between two pages tells one coin twice and hides another, once', async () => {
    const honest = idsOf(await pageOf(2));
    market.order({ kind: 'reshuffle', match: { source: 'coingecko' } });
    const first = idsOf(await pageOf(1));
    const moved = await pageOf(2);
    expect(idsOf(moved)).toEqual([first.at(-1), ...honest.slice(1)]);
    expect(moved[0]?.market_cap_rank).toBe(101);
    expect(market.requests.map(({ faults }) => faults)).toEqual([[], [], ['reshuffle']]);
    expect(idsOf(await pageOf(2))).toEqual(honest);
  });

  it('a lie about the running day is told in the snapshot: a price, a missing coin, one twice', async () => {
    const lie = { kind: 'patch-bar', symbol: 'bitcoin', date: '2026-11-20' } as const;
    market.order({ ...lie, change: { op: 'multiply', factor: 3 } });
    const [honest] = await pageOf(1, '&ids=ethereum');
    const [tripled] = await pageOf(1);
    const [bitcoin] = await pageOf(1);
    expect(tripled?.current_price).toBeCloseTo((bitcoin?.current_price ?? 0) * 3, 6);
    market.order({ ...lie, change: { op: 'drop' } });
    const left = await pageOf(1);
    expect([left.length, left[0]?.id, left[0]?.current_price]).toEqual([
      99,
      'ethereum',
      honest?.current_price,
    ]);
    market.order({ ...lie, change: { op: 'duplicate' } });
    expect(idsOf(await pageOf(1)).slice(0, 3)).toEqual(['bitcoin', 'bitcoin', 'ethereum']);
  });
});
