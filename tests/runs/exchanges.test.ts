import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { askWarehouse, seenCells, warehouseCloses } from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const [from, to] = ['2026-11-14', '2026-11-17'];

function asset(ticker: string, currency: string, dataset: string, symbol: string, kind = 'crypto'): object {
  return { ticker, class: kind, calendar: 'every-day', currency, sources: [{ dataset, symbol }] };
}

const assets = [
  asset('BTC', 'USDT', 'binance.daily_candles', 'BTCUSDT'),
  asset('ETH', 'USD', 'kraken.daily_candles', 'ETHUSD'),
  asset('SOL', 'USD', 'coinbase.daily_candles', 'SOL-USD'),
  // What one Tether is worth: it turns prices in Tether into dollars.
  asset('USDTUSD', 'USD', 'kraken.daily_candles', 'USDTUSD', 'fx'),
  asset('NOCOIN', 'USD', 'kraken.daily_candles', 'NOSUCHUSD'),
  asset('FARAWAY', 'USDT', 'binance.daily_candles', 'LTCUSDT'),
];

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let end: TestRunEnd;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  const now = new Date('2026-11-18T12:00:00Z');
  worked = await workTestLake({ address: server.address, market, now, overlay: { assets } });
  const restricted = { kind: 'not-authorized', times: null } as const;
  market.order({ ...restricted, match: { source: 'binance', pathIncludes: 'LTCUSDT' } });
  end = await runRequest(worked.lake, backfillOf({ from, to }));
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

async function answerOf<Body>(source: 'binance' | 'coinbase' | 'kraken', path: string): Promise<Body> {
  const answer = await fetch(`${market.urlOf(source)}${path}`);
  return (await answer.json()) as Body;
}

/** Dated closes of rows that an exchange told, by where time and close stand in them; of the days that were asked for. */
function closesIn(rows: readonly unknown[][], closeAt: number, unitMs: number): Map<string, number> {
  const closes = rows.map(
    (row) => [new Date(Number(row[0]) * unitMs).toISOString().slice(0, 10), Number(row[closeAt])] as const,
  );
  return new Map(closes.filter(([date]) => date >= from && date <= to).sort());
}

describe('four days of three exchanges', () => {
  it('are published, each close as its exchange tells it', async () => {
    const klines = await answerOf<unknown[][]>(
      'binance',
      '/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=9',
    );
    expect(await warehouseCloses(worked.lake, 'BTC')).toEqual(closesIn(klines, 4, 1));
    const candles = await answerOf<unknown[][]>('coinbase', '/products/SOL-USD/candles?granularity=86400');
    expect(await warehouseCloses(worked.lake, 'SOL')).toEqual(closesIn(candles, 4, 1000));
    const ohlc = await answerOf<{ result: { XETHZUSD: unknown[][] } }>(
      'kraken',
      '/0/public/OHLC?pair=ETHUSD&interval=1440',
    );
    const eth = await warehouseCloses(worked.lake, 'ETH');
    expect(eth).toEqual(closesIn(ohlc.result.XETHZUSD, 4, 1000));
    expect([...eth.keys()]).toEqual(['2026-11-14', '2026-11-15', '2026-11-16', '2026-11-17']);
  });

  it('in Tether become dollars by the price of Tether, not by calling one the other', async () => {
    const [row] = await askWarehouse(
      worked.lake,
      `select prices.currency, prices.close_usd / (prices.close * tether.close) as part, tether.close <> 1 as is_off
       from marts.fct_daily_prices as prices
       inner join marts.fct_daily_prices as tether
           on prices.price_date = tether.price_date and tether.ticker = 'USDTUSD'
       where prices.ticker = 'BTC' and prices.price_date = '2026-11-16'`,
    );
    expect(row).toEqual({ currency: 'USDT', part: expect.closeTo(1, 12) as number, is_off: true });
  });

  it('are one request for each pair', () => {
    const asked = market.requests.filter(({ query: { symbol, pair } }) =>
      ['LTCUSDT', 'ETHUSD'].includes(symbol ?? pair ?? ''),
    );
    // The second about ETHUSD is this test's own.
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 200, 451]);
  });
});

describe('what an exchange does not give', () => {
  it('fails at once, says what to do, and touches no other cell', async () => {
    const failed = (await seenCells(worked.lake)).filter(({ state }) => state === 'failed');
    const reasons = new Map(failed.map(({ ticker, code, reason }) => [`${ticker} ${code}`, reason]));
    expect([...reasons.keys()]).toEqual(['FARAWAY RequestRefused', 'NOCOIN SymbolUnknown']);
    expect(reasons.get('FARAWAY RequestRefused')).toMatch(/restricted location.*another source/);
    expect(reasons.get('NOCOIN SymbolUnknown')).toMatch(/EQuery:Unknown asset pair.*XBTUSD/);
    expect([end.outcome, end.tally?.published]).toEqual(['failed', 16]);
  });

  it('is refused before anything is asked where it is older than 720 candles', async () => {
    market.forgetRequests();
    const tooOld = backfillOf({ from: '2024-11-01', to: '2024-11-02' }, { tickers: ['ETH'] });
    const refused = await runRequest(worked.lake, tooOld, 'too-old');
    expect(refused.outcome).toBe('failed');
    expect(refused.message).toContain('718 days back');
    expect(market.requests).toEqual([]);
  });
});
