import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coingeckoSource } from '../../sources/coingecko.ts';
import { tickerOfMember } from '../../sources/snapshot.ts';
import type { PageRequest, RawPage, SnapshotAsk } from '../../sources/source.ts';
import { encodeSegment } from '../../lake/layout.ts';
import { cellOf, codeOf, page, rangeAsk, recordedIn, resourceOf, sharedFolder } from './support.ts';

const markets = resourceOf(coingeckoSource(), 'markets');
const date = '2026-11-21';
const askFor = (top: number): SnapshotAsk => ({ kind: 'snapshot', top, date });

/** A coin as the API tells it; whatever is left out is null. */
function coin(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    symbol: id.slice(0, 3),
    name: id,
    current_price: 1,
    last_updated: `${date}T07:30:00.000Z`,
    ...more,
  };
}

/** A page of coins by number: `coin-1` leads. */
function coins(...numbers: number[]): RawPage {
  return page(numbers.map((number) => coin(`coin-${number}`)));
}
const numbersFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const queryOf = (request: PageRequest | undefined): Record<string, string> =>
  Object.fromEntries(new URL(`http://x${request?.target ?? ''}`).searchParams);

/** Asks for pages as the fetch step does, until there is none; answers how often it asked. */
function takeAll(top: number, answer: (pageNumber: number) => RawPage): RawPage[] {
  const pages: RawPage[] = [];
  let request: PageRequest | undefined = markets.firstPage(askFor(top));
  while (request !== undefined && pages.length < 20) {
    pages.push(answer(Number(queryOf(request)['page'])));
    request = markets.nextPage?.(pages, askFor(top));
  }
  return pages;
}
const members = (pages: readonly RawPage[], top: number) => markets.membersOf?.(pages, askFor(top));

describe('a request', () => {
  it('asks for the first so many by market capitalisation, and says how many it wants on a page', () => {
    expect(queryOf(markets.firstPage(askFor(100)))).toMatchObject({
      ...{ vs_currency: 'usd', order: 'market_cap_desc', per_page: '100', page: '1', precision: 'full' },
    });
    expect(queryOf(markets.firstPage(askFor(1_000)))).toMatchObject({ per_page: '250', page: '1' });
  });

  it('is of a snapshot only: a range of one coin has another dataset', async () => {
    expect(await codeOf(() => markets.firstPage(rangeAsk('bitcoin', date, date)))).toBe('RequestRefused');
  });
});

describe('pages', () => {
  it('are as many as the members need, and no more', () => {
    const answer = (number: number): RawPage => coins(...numbersFrom(250 * (number - 1) + 1, 250 * number));
    expect(takeAll(1_000, answer)).toHaveLength(4);
    const pages = takeAll(300, answer);
    expect(pages).toHaveLength(2);
    expect(members(pages, 300)?.ids).toEqual(numbersFrom(1, 300).map((number) => `coin-${number}`));
  });

  it('end where the market does', () => {
    const market = [coins(...numbersFrom(1, 250)), coins(251, 252)];
    const pages = takeAll(1_000, (number) => market[number - 1] ?? coins());
    expect(pages).toHaveLength(3);
    expect(members(pages, 1_000)?.ids).toHaveLength(252);
    expect(takeAll(500, (number) => coins(...(number === 1 ? numbersFrom(1, 250) : [])))).toHaveLength(2);
  });

  it('of which one comes a row short do not end there: the ranking goes on behind it', () => {
    const market = [coins(...numbersFrom(1, 249)), coins(...numbersFrom(251, 500))];
    const pages = takeAll(300, (number) => market[number - 1] ?? coins());
    expect(members(pages, 300)?.ids).toHaveLength(300);
    expect(takeAll(100, (number) => coins(...numbersFrom(100 * number - 99, 100 * number - 1)))).toHaveLength(
      2,
    );
  });

  it('between which a coin moved down hold it once, at its first place; one further page fills its gap, and it is told', () => {
    const answer = (number: number): RawPage =>
      [
        coins(...numbersFrom(1, 250)),
        coins(249, 250, ...numbersFrom(251, 498)),
        coins(...numbersFrom(499, 700)),
      ][number - 1] ?? coins();
    const pages = takeAll(500, answer);
    expect(pages).toHaveLength(3);
    const found = members(pages, 500);
    expect(found?.repeated).toEqual(['coin-249', 'coin-250']);
    expect(found?.ids).toEqual(numbersFrom(1, 500).map((number) => `coin-${number}`));
    expect(new Set(found?.ids).size).toBe(500);
  });

  it('that bring the same again and again end after one more', () => {
    expect(takeAll(500, () => coins(...numbersFrom(1, 250)))).toHaveLength(3);
  });

  it('of another UTC day are refused, also just after midnight; so are rows that no instant is told of', async () => {
    const read = (rows: unknown): Promise<string> => codeOf(() => markets.readPage(page(rows), askFor(10)));
    expect(await read([coin('a', { last_updated: '2026-11-20T23:59:59.999Z' })])).toBe('WrongDay');
    expect(await read([coin('a', { last_updated: '2026-11-22T00:00:00Z' })])).toBe('WrongDay');
    expect(await read([coin('a', { last_updated: null })])).toBe('WrongShape');
    expect(await read([{ symbol: 'a' }])).toBe('WrongShape');
    expect(await read([coin('a', { last_updated: 'yesterday' })])).toBe('WrongShape');
    const quiet = [coin('a'), coin('b', { last_updated: '2026-11-01T00:00:00Z' })];
    expect(markets.readPage(page(quiet), askFor(10))).toEqual({ rowCount: 2 });
  });
});

describe('a cell', () => {
  it('has the row of its coin with its place, by the first page that names it; nothing that is absent is invented', () => {
    const pages = [
      page([
        coin('bitcoin', { current_price: 90_000.5, market_cap: null, max_supply: 21e6 }),
        coin('tether'),
      ]),
      page([coin('bitcoin', { current_price: 1 })]),
    ];
    const rows = markets.rowsOfCell(pages, askFor(10), { ...cellOf('bitcoin', date), ticker: 'bitcoin' });
    expect(rows).toMatchObject([
      { coin_id: 'bitcoin', rank: 1, price: 90_000.5, market_cap: null, max_supply: 21e6 },
    ]);
    expect(rows[0]).toMatchObject({ circulating_supply: null, ath_at: null, market_cap_rank: null });
  });

  it('is of its own day, and of a member: nobody beyond the first so many has one', () => {
    const pages = [coins(1, 2, 3)];
    const rowsOf = (ticker: string, day: string): unknown =>
      markets.rowsOfCell(pages, askFor(2), { ...cellOf(ticker, day), ticker });
    expect(rowsOf('coin-2', date)).toHaveLength(1);
    expect(rowsOf('coin-3', date)).toEqual([]);
    expect(rowsOf('coin-2', '2026-11-20')).toEqual([]);
  });
});

describe('the ticker of a member', () => {
  it('is its id wherever it can be', () => {
    for (const id of ['bitcoin', 'usd-coin', '0x', 'a.b_c', 'x'.repeat(100)])
      expect(tickerOfMember(id)).toBe(id);
  });

  it('keeps apart what cannot be one, and always fits into a path', () => {
    const odd = [
      'all',
      'ALL',
      'usd',
      'a b',
      'a,b',
      'é',
      '€'.repeat(60),
      'x'.repeat(101),
      'x'.repeat(102),
      '\ud800',
    ];
    const tickers = odd.map(tickerOfMember);
    expect(new Set(tickers).size).toBe(odd.length);
    for (const ticker of tickers) {
      expect(ticker).toMatch(/^[!-+\--~]{1,40}$/);
      expect(encodeSegment(ticker).length).toBeLessThanOrEqual(100);
    }
    expect(tickers).not.toContain('all');
  });
});

const recorded = 'coingecko/market_data_for_multiple_coins_in_eth.yml';
const isShared = existsSync(sharedFolder);
it.skipIf(!isShared)(
  `the recorded list is read whole${isShared ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    const [answer] = recordedIn(`${recorded}`);
    const told = page(answer?.body ?? '');
    const ask: SnapshotAsk = { kind: 'snapshot', top: 100, date: '2021-05-15' };
    expect(markets.readPage(told, ask).rowCount).toBe(2);
    expect(markets.membersOf?.([told], ask)).toEqual({ ids: ['bitcoin', 'ethereum'], repeated: [] });
    const [row] = markets.rowsOfCell([told], ask, { ...cellOf('bitcoin', ask.date), ticker: 'bitcoin' });
    expect(row).toMatchObject({
      ...{ coin_symbol: 'btc', rank: 1, market_cap_rank: 1, price: 12.666344, market_cap: 236_997_829 },
      ...{ volume: 15_926_716, circulating_supply: 18_710_831, max_supply: 21_000_000, ath: 624.203 },
      last_updated: '2021-05-15T15:59:43.867Z',
    });
  },
);
