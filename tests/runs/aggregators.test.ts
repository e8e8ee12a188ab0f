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

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let spoilt: TestRunEnd;
let seen: SeenCell[];
let mended: TestRunEnd;

/** CoinCap answers as its switched-off version does, and one price of CoinPaprika is no number. Then all is well. */
beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket({ coins: 16, keys: { coincap: 'sample-key' } });
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-18T12:00:00Z'),
    overlay: { assets },
    environment: { COINCAP_API_KEY: 'sample-key' },
  });
  market.order({ kind: 'wrong-shape', times: null, match: { source: 'coincap' } });
  const change = { op: 'set', field: 'close', value: 'NaN' } as const;
  market.order({ kind: 'patch-bar', symbol: 'ethereum', date: refusedDay, change, times: null });
  spoilt = await runRequest(worked.lake, backfillOf({ from: days[0] ?? '', to: days.at(-1) ?? '' }));
  seen = await seenCells(worked.lake);
  market.clearFaults();
  mended = await runRequest(worked.lake, { kind: 'retry', of: 'all' });
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

  it('are whole once they answer as they should', async () => {
    expect(mended).toMatchObject({ outcome: 'completed' });
    const states = (await seenCells(worked.lake)).map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: 8 }, () => 'published'));
  });

  it('are asked once for all their days, and again only for what was no answer', () => {
    const asked = market.requests.map(({ path, status, faults }) =>
      `${path} ${status ?? 0} ${faults.join(' ')}`.trim(),
    );
    const coincap = '/coincap/v3/assets/bitcoin/history 200';
    const coinpaprika = '/coinpaprika/v1/tickers/eth-ethereum/historical 200';
    const expected = [`${coincap} wrong-shape`, `${coincap} wrong-shape`, coincap, coinpaprika, coinpaprika];
    expect(asked.sort()).toEqual(expected.sort());
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
       from staging.stg_daily_prices order by ticker, price_date`,
    );
    const expected = ['BTC', 'ETH'].flatMap((ticker) => days.map((date) => ({ ticker, date })));
    expect(rows).toMatchObject(expected.map((row) => ({ ...row, has_price_alone: row.ticker === 'BTC' })));
    for (const { ticker, date, close } of rows) {
      const middle = middleOf(ticker === 'BTC' ? 'bitcoin' : 'ethereum', String(date));
      expect(Math.abs(Number(close) / middle - 1)).toBeLessThan(0.0005);
    }
  });
});
