import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { sqlFolder, TinyLake } from '../warehouse/tiny-lake.ts';
import { coinOf, mapped } from './coins-support.ts';

const gecko = 'coingecko.markets';
const cap = 'coincap.assets';
const coins = [
  ...mapped('bit', 'payments', { coingecko: 'bit', coincap: 'bit-coin' }),
  ...mapped('ether', 'layer-1', { coingecko: 'ether', coincap: 'ether' }),
];
const days = ['2024-02-01', '2024-02-02', '2024-02-03', '2024-02-08'];

/** A mistake in a file, and the SQL test that is there for it. Mistakes of one build hide none of each other. */
type Mistake = readonly [test: string, file: string, from: string, to: string];

const unified = 'intermediate/int_coins__unified.sql';
const facts = 'marts/fct_market_snapshots.sql';
const dimension = 'marts/dim_coins.sql';
const analytics = 'marts/rpt_crypto_analytics.sql';
const segments = 'marts/rpt_market_segments.sql';
const seed = 'seeds/coin_categories.csv';

const builds: readonly (readonly Mistake[])[] = [
  [
    [
      'int_coins__unified_match_by_the_mapping_alone',
      unified,
      'snapshots.coin_id = coins.source_coin_id',
      'lower(snapshots.coin_symbol) = lower(coins.symbol)',
    ],
    [
      'unmatched_coins_are_in_no_mapping',
      'metadata/unmatched_coins.sql',
      'where numbered.place = 1',
      'where numbered.place = 1 and numbered.rank < 3',
    ],
    ['fct_market_snapshots_are_medians', facts, 'numbered.places + 2', 'numbered.places'],
    ['fct_market_snapshots_spread_is_in_range', facts, 'ranked.price_count > 1', 'ranked.price_count > 0'],
    [
      'dim_coins_versions_join',
      dimension,
      'bounded.valid_to is null as is_current',
      'bounded.version = 1 as is_current',
    ],
  ],
  [
    [
      'int_coins__unified_hold_every_snapshot_cell',
      unified,
      'select * from final_coins',
      'select * from final_coins where rank <> 2',
    ],
    [
      'int_coins__unified_say_who_disagrees',
      unified,
      'pairs.tolerance_pct) > 0.0e0',
      "pairs.tolerance_pct) > 0.0e0 and pairs.dataset = 'coincap.assets'",
    ],
    [
      'fct_market_snapshots_count_no_coin_twice',
      facts,
      'told.is_matched or ordered_sizes.place = 1',
      'ordered_sizes.place > 0',
    ],
    [
      'fct_market_snapshots_category_is_known',
      seed,
      'market_cap,small,,1000000000',
      'market_cap,small,5,1000000000',
    ],
    ['coin_categories_have_no_hole', seed, 'liquidity,medium,0.02', 'liquidity,medium,0.03'],
    [
      'dim_coins_differ_from_the_version_before',
      dimension,
      'where compared_states.last_active_number is null',
      'where 1 = 1',
    ],
    [
      'rpt_crypto_analytics_categories_are_known',
      analytics,
      "liquidity.kind = 'liquidity'",
      "liquidity.kind = 'none'",
    ],
  ],
  [
    [
      'fct_market_snapshots_hold_every_coin',
      facts,
      'select * from final_snapshots',
      "select * from final_snapshots where coin <> 'ether'",
    ],
    [
      'dim_coins_hold_every_coin',
      dimension,
      'select * from final_versions',
      "select * from final_versions where coin <> 'coingecko:bit-2'",
    ],
    [
      'dim_coins_agree_with_snapshots',
      dimension,
      "or coalesce(compared_states.name, '') <> coalesce(compared_states.last_name, '')",
      '',
    ],
    [
      'rpt_crypto_analytics_agrees_with_facts',
      analytics,
      'when facts.is_counted then facts',
      'when 1 = 1 then facts',
    ],
    ['rpt_market_segments_agree_with_facts', segments, ' and snapshots.is_counted', ''],
  ],
];

let lake: TinyLake;

beforeAll(async () => {
  lake = await TinyLake.make();
  for (const [place, date] of days.entries()) {
    const volume = 10;
    lake.add(
      coinOf(gecko, date, 'bit', { rank: 1, price: 100 + place, market_cap: 1000, volume }),
      // CoinCap is the first by name, so that the history of the coin is its.
      coinOf(cap, date, 'bit-coin', {
        rank: 1,
        price: 200,
        market_cap: 1200,
        volume,
        coin_name: `Bit ${place}`,
      }),
      coinOf(gecko, date, 'ether', { rank: 2, price: 50, market_cap: 500, volume }),
      coinOf(cap, date, 'ether', { rank: 2, price: 50, market_cap: 500, volume }),
      coinOf(gecko, date, 'bit-2', { rank: 3, price: 2, market_cap: 0.5, volume, coin_symbol: 'BIT' }),
      coinOf(cap, date, 'other', { rank: 3, price: 3, market_cap: 30, volume }),
    );
  }
  await lake.write();
});

afterAll(() => lake.remove());

describe('a mistake in a model of coins is noticed by the SQL test that is there for it', () => {
  test.each(builds.map((mistakes) => [mistakes.map(([name]) => name).join(', '), mistakes] as const))(
    '%s',
    async (_names, mistakes) => {
      const failed = await failedTests(mistakes);
      expect(mistakes.map(([name]) => name).filter((name) => !failed.includes(name))).toEqual([]);
    },
  );
});

async function failedTests(mistakes: readonly Mistake[]): Promise<string[]> {
  const folder = join(lake.folder, 'sql');
  await cp(sqlFolder, folder, { recursive: true });
  for (const [, name, from, to] of mistakes) {
    const text = await readFile(join(folder, name), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, name), text.replace(from, to));
  }
  const error: unknown = await buildWarehouse(lake.inputs({ coins, sqlFolder: folder })).catch(
    (reason: unknown) => reason,
  );
  if (!(error instanceof WarehouseError)) throw new Error(`expected a WarehouseError, got ${String(error)}`);
  expect(error.code).toBe('TestFailed');
  return (error.facts.failures ?? []).map(({ name }) => name);
}
