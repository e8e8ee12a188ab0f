import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { massiveSource } from '../../sources/massive.ts';
import {
  accessTo,
  cellOf,
  codeOf,
  page,
  rangeAsk,
  recordedError,
  recordedIn,
  resourceOf,
  sharedFolder,
  startApi,
} from './support.ts';

const bars = resourceOf(massiveSource(), 'daily_bars');
const isShared = existsSync(sharedFolder);
const ask = rangeAsk('AAPL', '2019-01-01', '2019-02-01');

describe.skipIf(!isShared)(`recorded answers${isShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  it('of a winter month give 21 sessions and leave the holidays empty', () => {
    const [month] = recordedIn('massive/stocks_aggregates.yml');
    const body = page(month?.body);
    const on = (date: string): unknown[] => bars.rowsOfCell([body], ask, cellOf('AAPL', date));
    expect(bars.readPage(body, ask)).toEqual({ rowCount: 21 });
    expect(on('2019-01-02')).toEqual([
      {
        open: 154.89,
        high: 158.85,
        low: 154.23,
        close: 157.92,
        volume: 37_039_737,
        vwap: 155.5485,
        trade_count: 1,
      },
    ]);
    expect(on('2019-01-31')).toMatchObject([{ close: 166.44 }]);
    expect([on('2019-01-01'), on('2019-01-21'), on('2019-01-26')]).toEqual([[], [], []]);
  });

  it('of summer days give the days of New York', () => {
    const summer = rangeAsk('AAPL', '2020-08-25', '2020-09-08');
    const body = page(
      readFileSync(join(sharedFolder, 'recorded/massive/aggregates_AAPL_daily.json'), 'utf8'),
    );
    const on = (date: string): unknown[] => bars.rowsOfCell([body], summer, cellOf('AAPL', date));
    expect(bars.readPage(body, summer).rowCount).toBe(10);
    expect(on('2020-08-25')).toMatchObject([{ close: 124.825 }]);
    expect(on('2020-09-07')).toEqual([]);
    expect(on('2020-09-08')).toHaveLength(1);
  });

  it('of a whole market give every ticker its row', () => {
    const [market] = recordedIn('massive/stocks_grouped_daily.yml');
    const body = page(market?.body);
    const grouped = { kind: 'grouped', group: 'stocks', date: '2019-02-01' } as const;
    expect(bars.readPage(body, grouped)).toEqual({ rowCount: 8374 });
    expect(bars.rowsOfCell([body], grouped, cellOf('PEB', '2019-02-01'))).toEqual([
      {
        open: 32.06,
        high: 32.24,
        low: 31.19,
        close: 31.63,
        volume: 739_867,
        vwap: 31.4784,
        trade_count: 6996,
      },
    ]);
    expect(bars.rowsOfCell([body], grouped, cellOf('AAPL', '2019-02-01'))).toHaveLength(1);
  });

  it('without a next page have none', () => {
    const [month] = recordedIn('massive/stocks_aggregates.yml');
    expect(bars.readPage(page(month?.body), ask).next).toBeUndefined();
  });

  it('whose results are null are empty', () => {
    const { body } = recordedError('polygon_200_results_null.json');
    expect(bars.readPage(page(body), ask)).toEqual({ rowCount: 0 });
  });

  it.each([
    'stocks_previous_close',
    'stocks_daily_open_close',
    'market_holidays',
    'market_status',
    'reference_stocks_dividends',
    'reference_stocks_splits',
    'tickers',
  ])('of another endpoint (%s) are WrongShape', async (file) => {
    const bodies = recordedIn(`massive/${file}.yml`);
    expect(bodies.length).toBeGreaterThan(0);
    for (const { body } of bodies)
      expect(await codeOf(() => bars.readPage(page(body), ask))).toBe('WrongShape');
  });

  it.each([
    ['massive_403_not_entitled.json', 'RangeRefused'],
    ['polygon_403_not_entitled.json', 'RangeRefused'],
    ['polygon_not_authorized_timeframe.json', 'RangeRefused'],
    ['polygon_429_rate_limit.json', 'RateLimited'],
  ])('that refuse (%s) are %s, on the wire and as a body with status 200', async (file, code) => {
    const { status, body } = recordedError(file);
    const api = await startApi((_, response) => response.writeHead(status ?? 403).end(JSON.stringify(body)));
    const onTheWire = await codeOf(() => bars.send(bars.firstPage(ask), accessTo(api.url)));
    await api.close();
    expect([onTheWire, await codeOf(() => bars.readPage(page(body), ask))]).toEqual([code, code]);
  });

  it('of other services are refused as another shape', async () => {
    const { body } = recordedError('coinpaprika_200_ticker_btc.json');
    expect(await codeOf(() => bars.readPage(page(body), ask))).toBe('WrongShape');
  });
});
