import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AssetRow } from '../../warehouse/build.ts';
import { ask, assets, TinyLake } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const second = { dataset: 'csv.daily_closes', symbol: 'btc' };
const third = { dataset: 'massive.daily_bars', symbol: 'X:BTCUSD' };
/** Bitcoin from three sources in order; the tiny lake files each one's cells under its own dataset. */
const btc: AssetRow = { ...assets.BTC, fallbacks: [second, third] };
const bySecond = { ...assets.BTC, dataset: second.dataset };
const byThird = { ...assets.BTC, dataset: third.dataset };

describe('an asset with several sources', () => {
  test('has of each day the price of the first that has one, and says where it is a fallback’s', async () => {
    lake
      .closes(assets.BTC, '2024-02-26', [100, null, null, null, 104])
      .closes(bySecond, '2024-02-26', [200, 201, null])
      .closes(byThird, '2024-02-26', [300, 301, 302]);
    const prices = `select price_date, dataset, close, is_fallback from marts.fct_daily_prices order by price_date`;
    expect(await lake.built(prices, { assets: [btc] })).toEqual([
      ['2024-02-26', 'coingecko.market_chart', 100, false],
      ['2024-02-27', 'csv.daily_closes', 201, true],
      ['2024-02-28', 'massive.daily_bars', 302, true],
      ['2024-02-29', 'massive.daily_bars', 302, true],
      ['2024-03-01', 'coingecko.market_chart', 104, false],
    ]);
    const rows = async (sql: string): Promise<unknown[]> =>
      (await ask(lake.warehousePath, sql)).map((row) => Object.values(row).join(' '));
    // The lineage leads to whichever source it was, with its place.
    const lineage = `select prices.price_date::varchar, lineage.dataset, lineage.source_place
      from marts.fct_daily_prices as prices
      inner join metadata.lineage as lineage using (dataset, ticker, price_date) order by all`;
    expect((await rows(lineage)).slice(1, 3)).toEqual([
      '2024-02-27 csv.daily_closes 2',
      '2024-02-28 massive.daily_bars 3',
    ]);
    // The others are compared with the one that counts, which may be a fallback.
    const conflicts = `select chosen_dataset, other_dataset, chosen_close, other_close
      from metadata.source_conflicts where price_date = '2024-02-27'`;
    expect(await rows(conflicts)).toEqual(['csv.daily_closes massive.daily_bars 201 301']);
  });

  test('that takes its price from the wrong one is noticed', async () => {
    lake.closes(assets.BTC, '2024-02-26', [100]).closes(bySecond, '2024-02-26', [200]);
    await lake.write();
    const mistake = {
      file: 'intermediate/int_market__observed_prices.sql',
      from: 'min(asset_sources.place)',
      to: 'max(asset_sources.place)',
    };
    expect(await testsThatNotice(lake, { assets: [btc] }, mistake)).toEqual([
      'fct_daily_prices_are_of_the_first_source_that_has_one',
    ]);
  });
});
