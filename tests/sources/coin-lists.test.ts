import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAssets } from '../../sources/coincap-assets.ts';
import { readTickers } from '../../sources/coinpaprika-tickers.ts';
import { codeOf, page, recordedError, refusalOf, sharedFolder } from './support.ts';

const isShared = existsSync(sharedFolder);
const skipped = isShared ? '' : ' (skipped: ../shared is absent)';

const asset = {
  id: 'samplecoin',
  rank: '1',
  symbol: 'SMP',
  name: 'Sample',
  supply: '1000.0000000000000000',
  maxSupply: null,
  marketCapUsd: '1.5',
  volumeUsd24Hr: '2.5',
  priceUsd: '0.0000001500',
  changePercent24Hr: '-1.2',
  vwap24Hr: null,
};
const timestamp = Date.parse('2026-01-02T10:22:03.456Z');
const assetsIn = (...data: unknown[]) => readAssets(page({ data, timestamp }).body);

describe('an answer of coincap assets', () => {
  it('gives numbers that came as texts, nulls, and the instant of the answer', () => {
    expect(assetsIn(asset)).toEqual([
      {
        id: 'samplecoin',
        stampMs: timestamp,
        row: {
          coin_id: 'samplecoin',
          coin_symbol: 'SMP',
          coin_name: 'Sample',
          market_cap_rank: 1,
          price: 1.5e-7,
          market_cap: 1.5,
          volume: 2.5,
          vwap_24h: null,
          change_24h_pct: -1.2,
          circulating_supply: 1000,
          max_supply: null,
          last_updated: '2026-01-02T10:22:03.456Z',
        },
      },
    ]);
  });

  it('may have null for anything, the rank too, and keeps the order of the answer', () => {
    const nothing = Object.fromEntries(Object.keys(asset).map((key) => [key, null]));
    const coins = assetsIn({ ...nothing, id: 'unknown' }, asset);
    expect(coins.map(({ id }) => id)).toEqual(['unknown', 'samplecoin']);
    expect(Object.values(coins[0]?.row ?? {}).filter((value) => value !== null)).toEqual([
      'unknown',
      '2026-01-02T10:22:03.456Z',
    ]);
  });

  it('of the API that was switched off is refused, in its own words', async () => {
    const message = 'We are deprecating this version of the CoinCap API';
    const error = await refusalOf(() => readAssets(page({ data: { message }, timestamp }).body));
    expect([error.code, error.message.includes(message)]).toEqual(['WrongShape', true]);
  });

  it.each([
    ['an empty text for a price', { ...asset, priceUsd: '' }],
    ['a rank in words', { ...asset, rank: 'first' }],
    ['no id', { ...asset, id: '' }],
  ])('of another shape (%s) is WrongShape', async (_, wrong) => {
    expect(await codeOf(() => assetsIn(wrong))).toBe('WrongShape');
  });
});

const ticker = (id: string, rank: unknown, more: object = {}, quote: object = {}): unknown => ({
  id,
  name: `${id} (synthetic)`,
  symbol: 'SMP',
  rank,
  circulating_supply: 1000,
  total_supply: 1200,
  max_supply: 0,
  last_updated: '2026-01-02T10:20:17Z',
  ...more,
  quotes: {
    USD: {
      price: 1.5,
      volume_24h: 25.5,
      market_cap: 1500,
      percent_change_24h: -1.2,
      ath_price: 3,
      ath_date: '2025-11-10T16:50:00Z',
      ...quote,
    },
  },
});
const tickersIn = (...tickers: unknown[]) => readTickers(page(tickers).body);

describe('an answer of coinpaprika tickers', () => {
  it('gives the coins of the ranking in its order, and leaves out those that are not in it', () => {
    const coins = tickersIn(
      ticker('c-third', 3),
      ticker('x-out', 0),
      ticker('a-first', 1),
      ticker('y-out', null),
      ticker('b-second', 2),
    );
    expect(coins.map(({ id }) => id)).toEqual(['a-first', 'b-second', 'c-third']);
  });

  it('reads empty texts as nothing known, numbers and instants alike', () => {
    const empty = { circulating_supply: '', total_supply: '', last_updated: '' };
    const [coin] = tickersIn(ticker('smp-sample', 1, empty, { price: '', ath_price: '', ath_date: '' }));
    expect(coin).toEqual({
      id: 'smp-sample',
      stampMs: null,
      row: {
        coin_id: 'smp-sample',
        coin_symbol: 'SMP',
        coin_name: 'smp-sample (synthetic)',
        market_cap_rank: 1,
        price: null,
        market_cap: 1500,
        volume: 25.5,
        change_24h_pct: -1.2,
        circulating_supply: null,
        total_supply: null,
        max_supply: 0,
        ath: null,
        ath_at: null,
        last_updated: null,
      },
    });
  });

  it.each([
    ['no price in dollars', { id: 'a-b', rank: 1, quotes: { BTC: { price: 1 } } }],
    ['a price in words', ticker('a-b', 1, {}, { price: 'many' })],
    ['an instant without a zone', ticker('a-b', 1, { last_updated: '2026-01-02 10:20:17' })],
  ])('of another shape (%s) is WrongShape', async (_, wrong) => {
    expect(await codeOf(() => tickersIn(wrong))).toBe('WrongShape');
  });
});

const recordedAsset = z.record(z.string(), z.string().nullable());
const recordedList = z.object({ data: z.array(recordedAsset), timestamp: z.number() });

describe.skipIf(!isShared)(`recorded lists${skipped}`, () => {
  it('of coincap equal the file, number by number', () => {
    const text = readFileSync(join(sharedFolder, 'recorded/coincap/coincap_v2_assets.json'), 'utf8');
    const { data, timestamp: at } = recordedList.parse(JSON.parse(text));
    const coins = readAssets(page(text).body);
    expect(coins).toHaveLength(26);
    const numberOf = (value: string | null | undefined): number | null =>
      typeof value === 'string' ? Number(value) : null;
    expect(coins.map(({ row }) => row)).toEqual(
      data.map((one) => ({
        coin_id: one['id'],
        coin_symbol: one['symbol'],
        coin_name: one['name'],
        market_cap_rank: numberOf(one['rank']),
        price: numberOf(one['priceUsd']),
        market_cap: numberOf(one['marketCapUsd']),
        volume: numberOf(one['volumeUsd24Hr']),
        vwap_24h: numberOf(one['vwap24Hr']),
        change_24h_pct: numberOf(one['changePercent24Hr']),
        circulating_supply: numberOf(one['supply']),
        max_supply: numberOf(one['maxSupply']),
        last_updated: new Date(at).toISOString(),
      })),
    );
    expect(coins[0]?.row).toMatchObject({ price: 8187.016796986892, market_cap: 148668545611.5264 });
  });

  it('of coinpaprika equal the file', () => {
    const { body } = recordedError('coinpaprika_200_ticker_btc.json');
    const [bitcoin] = readTickers(page([body]).body);
    expect(bitcoin).toEqual({
      id: 'btc-bitcoin',
      stampMs: Date.parse('2023-07-11T08:40:17Z'),
      row: {
        coin_id: 'btc-bitcoin',
        coin_symbol: 'BTC',
        coin_name: 'Bitcoin',
        market_cap_rank: 1,
        price: 30538.078793975994,
        market_cap: 593248170920,
        volume: 13441600877.886246,
        change_24h_pct: 1.24,
        circulating_supply: 19426506,
        total_supply: 19426512,
        max_supply: 21000000,
        ath: 68692.13703693185,
        ath_at: '2021-11-10T16:50:00.000Z',
        last_updated: '2023-07-11T08:40:17.000Z',
      },
    });
  });
});
