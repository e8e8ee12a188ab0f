import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../workflows/pure/cell.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { TinyLake } from '../warehouse/tiny-lake.ts';
import { coinOf, mapped, snapshotsIn } from './coins-support.ts';
import { rowsOf } from './reports-support.ts';

const gecko = 'coingecko.markets';
const cap = 'coincap.assets';
const paprika = 'coinpaprika.tickers';
const inEther = snapshotsIn('ETH', 'coingecko.markets_in_eth');

const coins = [
  ...mapped('bit', 'payments', { coingecko: 'bit', coincap: 'bit-coin', coinpaprika: 'b-bit' }),
  ...mapped('ether', 'layer-1', { coingecko: 'ether', coincap: 'ether' }),
  ...mapped('lone', 'layer-1', { coingecko: 'lone' }),
  ...mapped('dollar', 'stablecoin', { coingecko: 'dollar' }),
];
const billion = 1_000_000_000;
const day = '2024-02-01';
const at = (time: string): string => `${day} ${time}+00`;

/** Three sources on one day, numbers by hand. */
const ofOneDay = [
  coinOf(gecko, day, 'bit', {
    ...{
      rank: 1,
      price: 100,
      market_cap: 20 * billion,
      volume: 2 * billion,
      circulating_supply: 200_000_000,
    },
    ...{ high_24h: 110, low_24h: 90, change_24h_pct: 25, last_updated: at('12:00:00') },
  }),
  coinOf(cap, day, 'bit-coin', {
    ...{
      rank: 1,
      price: 104,
      market_cap: 21 * billion,
      volume: 4 * billion,
      circulating_supply: 200_000_000,
    },
    ...{ change_24h_pct: 30, last_updated: at('12:01:00') },
  }),
  coinOf(paprika, day, 'b-bit', {
    rank: 1,
    price: 101,
    market_cap: 19 * billion,
    volume: null,
    last_updated: null,
  }),
  coinOf(gecko, day, 'ether', {
    rank: 2,
    price: 50,
    market_cap: 4 * billion,
    volume: billion,
    change_24h_pct: -50,
  }),
  coinOf(cap, day, 'ether', {
    rank: 2,
    price: 50.25,
    market_cap: 6 * billion,
    volume: billion,
    change_24h_pct: 0,
  }),
  coinOf(gecko, day, 'dollar', { rank: 3, price: null, market_cap: null, volume: 5 }),
  coinOf(gecko, day, 'lone', { rank: 5, price: 10, market_cap: 15 * billion, change_24h_pct: 50 }),
  // In no mapping, though their symbol and name are those of a coin that is.
  coinOf(gecko, day, 'bit-2', {
    rank: 4,
    price: 2,
    market_cap: 5 * billion,
    coin_symbol: 'BIT',
    coin_name: 'The bit',
  }),
  coinOf(cap, day, 'bit-2', { rank: 3, price: 8, market_cap: billion, volume: billion / 50 }),
  coinOf(inEther.id, day, 'bit', { rank: 1, price: 2, market_cap: 400_000_000 }),
];

describe('three sources of one day', () => {
  let lake: TinyLake;
  const rows = (sql: string): Promise<unknown[][]> => rowsOf(lake, sql);

  beforeAll(async () => {
    lake = await TinyLake.make([inEther]);
    await lake.add(...ofOneDay).write();
    await buildWarehouse(lake.inputs({ coins }));
  });

  afterAll(() => lake.remove());

  test('coins are one by their ids alone, never by symbol or name', async () => {
    const sql = `select coin, dataset, symbol, name, segment, is_matched from intermediate.int_coins__unified
      where currency = 'USD' and source_coin_id in ('bit', 'bit-coin', 'b-bit', 'bit-2') order by all`;
    expect(await rows(sql)).toEqual([
      ['bit', cap, 'BIT', 'The bit', 'payments', true],
      ['bit', gecko, 'BIT', 'The bit', 'payments', true],
      ['bit', paprika, 'BIT', 'The bit', 'payments', true],
      ['coincap:bit-2', cap, 'bit-2', 'bit-2', 'unclassified', false],
      ['coingecko:bit-2', gecko, 'BIT', 'The bit', 'unclassified', false],
    ]);
  });

  test('sources that differ by more than their contracts allow are all kept, and each says so', async () => {
    const sql = `select coin, dataset, price, round(price_difference_pct, 6), is_beyond_tolerance
      from intermediate.int_coins__unified where is_matched and price is not null and currency = 'USD' order by all`;
    expect(await rows(sql)).toEqual([
      ['bit', cap, 104, 4, true],
      ['bit', gecko, 100, 4, true],
      ['bit', paprika, 101, 2.970297, true],
      ['ether', cap, 50.25, 0.5, false],
      ['ether', gecko, 50, 0.5, false],
      ['lone', gecko, 10, null, false],
    ]);
  });

  test('the facts hold the median of what the sources say, and how far they lie apart', async () => {
    const sql = `select coin, currency, price, market_cap, volume, round(price_spread_pct, 6), price_volatility_24h,
        volume_to_mcap_ratio, source_count, price_count from marts.fct_market_snapshots where is_matched order by all`;
    expect(await rows(sql)).toEqual([
      ['bit', 'ETH', 2, 400_000_000, null, null, null, null, '1', '1'],
      ['bit', 'USD', 101, 20 * billion, 3 * billion, 4, 20, 0.15, '3', '3'],
      ['dollar', 'USD', null, null, 5, null, null, null, '1', '0'],
      ['ether', 'USD', 50.125, 5 * billion, billion, 0.5, null, 0.2, '2', '2'],
      ['lone', 'USD', 10, 15 * billion, null, null, null, null, '1', '1'],
    ]);
  });

  test('each coin has the category of its worth, and its place among those that count once', async () => {
    const sql = `select coin, market_cap_category, market_rank, is_counted from marts.fct_market_snapshots
      where currency = 'USD' order by all`;
    expect(await rows(sql)).toEqual([
      ['bit', 'large', '1', true],
      ['coincap:bit-2', 'mid', null, false],
      ['coingecko:bit-2', 'mid', '3', true],
      ['dollar', null, null, true],
      ['ether', 'mid', '3', true],
      ['lone', 'large', '2', true],
    ]);
  });

  test('the facts say from when to when their prices are', async () => {
    const sql = `select first_updated_at::varchar, last_updated_at::varchar from marts.fct_market_snapshots
      where coin = 'bit' and currency = 'USD'`;
    expect(await rows(sql)).toEqual([['2024-02-01 12:00:00+00', '2024-02-01 12:01:00+00']]);
  });

  test('parts of the market are parts of what is counted, in one currency', async () => {
    const sql = `select coin, round(market_dominance_pct, 6), liquidity_category, price_trend_category
      from marts.rpt_crypto_analytics order by all`;
    expect(await rows(sql)).toEqual([
      ['bit', 44.444444, 'high', null],
      ['coincap:bit-2', null, 'medium', null],
      ['coingecko:bit-2', 11.111111, null, null],
      ['dollar', null, null, null],
      ['ether', 11.111111, 'high', null],
      ['lone', 33.333333, null, null],
    ]);
  });

  test('a segment moves as its coins do together, not as their mean', async () => {
    const sql = `select segment, coin_count, market_cap, volume, round(market_share_pct, 6), change_24h_mean_pct,
        round(change_24h_weighted_pct, 6) from marts.rpt_market_segments order by all`;
    expect(await rows(sql)).toEqual([
      // 5 billion were 6 2/3 before, and 15 were 10.
      ['layer-1', '2', 20 * billion, billion, 44.444444, 12.5, 20],
      ['payments', '1', 20 * billion, 3 * billion, 44.444444, 27.5, 27.5],
      ['stablecoin', '1', null, 5, null, null, null],
      ['unclassified', '1', 5 * billion, null, 11.111111, null, null],
    ]);
  });

  test('what is in no mapping is listed', async () => {
    const sql = `select dataset, source_coin_id, symbol, rank, market_cap, snapshot_count, last_snapshot_date
      from metadata.unmatched_coins order by all`;
    expect(await rows(sql)).toEqual([
      [cap, 'bit-2', 'bit-2', '3', billion, '1', day],
      [gecko, 'bit-2', 'BIT', '4', 5 * billion, '1', day],
    ]);
  });
  test('a changed mapping is a rebuild, and the same one is none', async () => {
    expect((await buildWarehouse(lake.inputs({ coins }))).outcome).toBe('unchanged');
    expect((await buildWarehouse(lake.inputs({ coins: coins.slice(1) }))).outcome).toBe('built');
    expect(
      await rows("select distinct coin from intermediate.int_coins__unified where source_coin_id = 'bit'"),
    ).toEqual([['coingecko:bit']]);
  });
});

describe('the days of a coin', () => {
  let lake: TinyLake;
  const rows = (sql: string): Promise<unknown[][]> => rowsOf(lake, sql);

  /** A coin on days after the first, each at a price that grows by one a day. */
  const days = (id: string, from: number, to: number, more: Record<string, number | string> = {}): void => {
    for (let after = from; after <= to; after += 1) {
      const measures = { rank: 1, price: 100 + after, market_cap: 10 * (100 + after), volume: after };
      lake.add(coinOf(gecko, addDays('2024-01-01', after), id, { ...measures, ...more }));
    }
  };

  beforeAll(async () => {
    lake = await TinyLake.make();
    // Nothing was taken on 9 and 10 January.
    days('steady', 0, 7);
    days('steady', 10, 34);
    days('leaver', 0, 2, { rank: 10, market_cap: 1, coin_name: 'Old' });
    days('leaver', 3, 4, { rank: 11, market_cap: 5000, coin_name: 'Old' });
    days('leaver', 6, 7, { rank: 11, market_cap: 1, coin_name: 'Old' });
    days('leaver', 10, 12, { rank: 11, market_cap: 1, coin_name: 'New' });
    lake.add(coinOf(cap, '2024-01-06', 'calm', { rank: 1, price: 105, market_cap: 1, coin_name: 'Steady' }));
    // In the ranking of 14 January, its cell refused: no sign that it left.
    days('refused', 10, 12);
    days('refused', 14, 34);
    lake.index(`insert into window_records (window_id, number, event, source, resource, recorded_at, run, snapshot_date, body)
      values ('window/coingecko.markets/all/2024-01-14..2024-01-14', 1, 'staged', 'coingecko', 'markets',
        timestamptz '2024-01-14 01:00:00+00', 'daily/2024-01-14', date '2024-01-14', '{"batch":{"id":"b","ingestionDate":"2024-01-14"},
        "snapshot":{"date":"2024-01-14","top":2,"members":[{"ticker":"steady"},{"ticker":"refused"}],"repeated":[]}}')`);
    await lake.write();
    const coinsOfDays = mapped('steady', 'other', { coingecko: 'steady', coincap: 'calm' });
    await buildWarehouse(lake.inputs({ coins: coinsOfDays }));
  });

  afterAll(() => lake.remove());

  test('a version ends with the next one, not with days that were not taken or another source’s spelling', async () => {
    const sql = `select version, name, rank_band, is_active, is_current, valid_from, valid_to from marts.dim_coins
      where coin = $coin order by version`;
    expect(await rows(sql.replace('$coin', "'steady'"))).toEqual([
      ['1', 'steady', 'top_10', true, true, '2024-01-01', null],
    ]);
    expect(await rows(sql.replace('$coin', "'coingecko:leaver'"))).toEqual([
      ['1', 'Old', 'top_10', true, false, '2024-01-01', '2024-01-04'],
      ['2', 'Old', '11_to_50', true, false, '2024-01-04', '2024-01-06'],
      ['3', 'Old', null, false, false, '2024-01-06', '2024-01-07'],
      ['4', 'Old', '11_to_50', true, false, '2024-01-07', '2024-01-11'],
      ['5', 'New', '11_to_50', true, false, '2024-01-11', '2024-01-14'],
      ['6', 'New', null, false, true, '2024-01-14', null],
    ]);
  });

  test('a coin whose cell was refused is in its snapshot all the same', async () => {
    const sql = "select version, is_active, valid_from from marts.dim_coins where coin = 'coingecko:refused'";
    expect(await rows(sql)).toEqual([['1', true, '2024-01-11']]);
  });

  test('changes compare with just the day before, the week or the month, and with nothing where it was not taken', async () => {
    const sql = `select snapshot_date, market_rank_change_1d, round(price_change_1d_pct, 4), round(price_change_7d_pct, 4),
        price_trend_category, round(price_change_30d_pct, 4) from marts.rpt_crypto_analytics
      where coin = 'steady' and snapshot_date in ('2024-01-04', '2024-01-06', '2024-01-08', '2024-01-11', '2024-02-01')
      order by snapshot_date`;
    expect(await rows(sql)).toEqual([
      // The leaver passed it on 4 January and was gone on the 6th.
      ['2024-01-04', '-1', 0.9804, null, null, null],
      ['2024-01-06', '1', 0.9615, null, null, null],
      ['2024-01-08', '0', 0.9434, 7, 'up', null],
      ['2024-01-11', null, null, 6.7961, 'up', null],
      ['2024-02-01', '0', 0.7692, 5.6452, 'up', 29.703],
    ]);
  });

  test('means are over the last snapshots, and null until there are enough', async () => {
    const sql = `select snapshot_date, price_mean_7d, volume_mean_7d, price_mean_30d from marts.rpt_crypto_analytics
      where coin = 'steady' and snapshot_date in ('2024-01-06', '2024-01-07', '2024-01-11', '2024-02-01')
      order by snapshot_date`;
    expect(await rows(sql)).toEqual([
      ['2024-01-06', null, null, null],
      ['2024-01-07', 103, 3, null],
      // 2 to 8 January without the first, and the 11th.
      ['2024-01-11', (102 + 103 + 104 + 105 + 106 + 107 + 110) / 7, (2 + 3 + 4 + 5 + 6 + 7 + 10) / 7, null],
      // 30 snapshots: 22 of them since 11 January, and 8 from the 1st to the 8th.
      ['2024-02-01', 128, 28, (22 * 120.5 + 8 * 103.5) / 30],
    ]);
  });
});
