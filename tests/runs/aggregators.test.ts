import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPriceBook } from '../../sources/sample/price-book.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { askWarehouse, seenCells, type SeenCell } from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const everyDay = { class: 'crypto', calendar: 'every-day', currency: 'USD' };
const assets = [
  { ...everyDay, ticker: 'BTC', sources: [{ dataset: 'coincap.history', symbol: 'bitcoin' }] },
  { ...everyDay, ticker: 'ETH', sources: [{ dataset: 'coinpaprika.historical', symbol: 'eth-ethereum' }] },
];
const days = ['2026-11-14', '2026-11-15', '2026-11-16', '2026-11-17'];
const refusedDay = '2026-11-15';
const today = '2026-11-18';

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let spoilt: TestRunEnd;
let seen: SeenCell[];
let mended: TestRunEnd;
let whole: SeenCell[];
let snapped: TestRunEnd;
let dayRequests: string[];

const requestsSoFar = (): string[] =>
  market.requests.map(({ path, status, faults }) => `${path} ${status ?? 0} ${faults.join(' ')}`.trim());

/** CoinCap answers as its switched-off version does, and one price of CoinPaprika is no number. Then all is well, and a daily run takes both lists. */
beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket({ coins: 16, keys: { coincap: 'sample-key' } });
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date(`${today}T12:00:00Z`),
    overlay: {
      assets,
      snapshots: ['coincap.assets', 'coinpaprika.tickers'].map((dataset) => ({ dataset, top: 10 })),
    },
    environment: { COINCAP_API_KEY: 'sample-key' },
  });
  market.order({ kind: 'wrong-shape', times: null, match: { source: 'coincap' } });
  const change = { op: 'set', field: 'close', value: 'NaN' } as const;
  market.order({ kind: 'patch-bar', symbol: 'ethereum', date: refusedDay, change, times: null });
  spoilt = await runRequest(worked.lake, backfillOf({ from: days[0] ?? '', to: days.at(-1) ?? '' }));
  seen = await seenCells(worked.lake);
  market.clearFaults();
  mended = await runRequest(worked.lake, { kind: 'retry', of: 'all' });
  whole = await seenCells(worked.lake);
  dayRequests = requestsSoFar();
  market.forgetRequests();
  snapped = await runRequest(worked.lake, {
    ...{ kind: 'daily', date: '2026-11-17', isExplicit: false },
    snapshotDate: today,
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

describe('two aggregators', () => {
  it('do not touch each other: one that is switched off publishes nothing, the other all but its bad day', () => {
    expect(spoilt).toMatchObject({ outcome: 'failed', tally: { published: 3, refused: 1, failed: 4 } });
    const statesOf = (ticker: string): string[] =>
      seen
        .filter((cell) => cell.ticker === ticker)
        .map(({ date, state, code }) => `${date} ${state} ${code ?? ''}`);
    expect(statesOf('BTC')).toEqual(days.map((date) => `${date} failed WrongShape`));
    expect(statesOf('ETH').filter((line) => !line.includes('published'))).toEqual([
      `${refusedDay} refused AuditRefused`,
    ]);
    expect(seen[0]?.reason).toContain('deprecating this version of the CoinCap API');
  });

  it('are whole once they answer as they should', () => {
    expect(mended).toMatchObject({ outcome: 'completed' });
    expect(whole.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'published'));
  });

  it('are asked once for all their days, and again only for what was no answer', () => {
    const coincap = '/coincap/v3/assets/bitcoin/history 200';
    const coinpaprika = '/coinpaprika/v1/tickers/eth-ethereum/historical 200';
    const expected = [`${coincap} wrong-shape`, `${coincap} wrong-shape`, coincap, coinpaprika, coinpaprika];
    expect(dayRequests.sort()).toEqual(expected.sort());
  });

  it('stand in the warehouse as averages of their days, with what their API has', async () => {
    const book = createPriceBook(1);
    const middleOf = (symbol: string, date: string): number => {
      const coin = book.find('crypto', symbol);
      const bar = coin && book.barOf(coin, date);
      return bar ? (bar.open + bar.high + bar.low + bar.close) / 4 : Number.NaN;
    };
    const rows = await askWarehouse(
      worked.lake,
      `select ticker, price_date::varchar as date, close, volume is null and market_cap is null as has_price_alone
       from staging.stg_daily_prices where price_date >= date '${days[0] ?? ''}' order by ticker, price_date`,
    );
    const expected = ['BTC', 'ETH'].flatMap((ticker) => days.map((date) => ({ ticker, date })));
    expect(rows).toMatchObject(expected.map((row) => ({ ...row, has_price_alone: row.ticker === 'BTC' })));
    for (const { ticker, date, close } of rows) {
      const middle = middleOf(ticker === 'BTC' ? 'bitcoin' : 'ethereum', String(date));
      expect(Math.abs(Number(close) / middle - 1)).toBeLessThan(0.0005);
    }
  });

  it('are asked for their lists of today with one request each', () => {
    expect(snapped).toMatchObject({ outcome: 'completed' });
    const lists = requestsSoFar().filter((one) => !/histor/.test(one));
    expect(lists.sort()).toEqual(['/coincap/v3/assets 200', '/coinpaprika/v1/tickers 200']);
  });

  it('list the same coins in the same order under their own ids, each at a price of its own', async () => {
    const listOf = (model: string): Promise<Record<string, unknown>[]> =>
      askWarehouse(
        worked.lake,
        `select ticker, lower(coin_symbol) as code, rank::integer as rank, price, circulating_supply, max_supply,
           last_updated::date::varchar as date
         from staging.${model} order by rank`,
      );
    const [coincap, coinpaprika] = [
      await listOf('stg_coincap__assets'),
      await listOf('stg_coinpaprika__tickers'),
    ];
    const inBoth = ({ code, rank, circulating_supply, date }: Record<string, unknown>): unknown[] => [
      ...[code, rank, circulating_supply, date],
    ];
    expect(coincap.map(({ rank, date }) => [rank, date])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index + 1, today]),
    );
    expect(coinpaprika.map(inBoth)).toEqual(coincap.map(inBoth));
    expect([coincap[0], coinpaprika[0]]).toMatchObject([{ ticker: 'bitcoin' }, { ticker: 'btc-bitcoin' }]);
    for (const [index, { price }] of coincap.entries()) {
      const spread = Number(price) / Number(coinpaprika[index]?.['price']) - 1;
      expect(Math.abs(spread)).toBeLessThan(0.0009);
    }
  });
});
