import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { assets, everyDay, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

/** Each SQL test has a mistake in a model, or in the data, that it must notice. */
let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
  lake
    .closes(assets.BTC, '2024-02-16', [1, 2, null, 4, 5])
    .closes(assets.AAPL, '2024-02-16', [10, null, null, null, 11]);
  await lake.write();
});

afterEach(async () => {
  await lake.remove();
});

const inputs = {
  assets: [assets.BTC, assets.AAPL],
  days: [
    ...everyDay('BTC', '2024-02-16', '2024-02-20'),
    ...weekdays('AAPL', '2024-02-16', '2024-02-20', ['2024-02-19']),
  ],
};

describe('a mistake in a model is noticed by the SQL test that is there for it', () => {
  const pricesFile = 'marts/fct_daily_prices.sql';
  const returnsFile = 'marts/fct_daily_returns.sql';
  test.each([
    ['dim_assets_class_is_known', 'marts/dim_assets.sql', 'assets.class,', "'shares' as class,"],
    [
      'dim_assets_agree_with_facts',
      'marts/dim_assets.sql',
      'count(*) as observed_days',
      'count(*) + 1 as observed_days',
    ],
    ['fct_daily_prices_status_is_known', pricesFile, "else 'IMPUTED' end", "else 'OBSERVED' end"],
    [
      'fct_daily_prices_lead_to_dimensions',
      'marts/dim_assets.sql',
      'select * from final_assets',
      "select * from final_assets where ticker = 'BTC'",
    ],
    [
      'fct_daily_prices_have_no_hole',
      pricesFile,
      'select * from final_prices',
      "select * from final_prices where price_date <> date '2024-02-18'",
    ],
    ['fct_daily_prices_lead_to_a_batch', pricesFile, '        carried.batch_id,', "        'b' as batch_id,"],
    [
      'fct_daily_prices_are_positive',
      pricesFile,
      '        carried.close,',
      '        -carried.close as close,',
    ],
    [
      'fct_daily_prices_dollar_closes_agree',
      pricesFile,
      'then unified.close end as close_usd',
      'then unified.close * 2.0e0 end as close_usd',
    ],
    [
      'fct_daily_prices_adjusted_closes_agree',
      pricesFile,
      'carried.close * carried.split_factor as',
      'carried.close * 2.0e0 as',
    ],
    [
      'fct_daily_prices_hold_every_published_cell',
      pricesFile,
      'select * from final_prices',
      "select * from final_prices where price_date <> date '2024-02-20'",
    ],
    [
      'fct_daily_returns_lead_to_dimensions',
      'marts/dim_assets.sql',
      'select * from final_assets',
      "select * from final_assets where ticker = 'BTC'",
    ],
    [
      'fct_daily_returns_lead_to_a_batch',
      returnsFile,
      '        paired.batch_id,',
      "        'b' as batch_id,",
    ],
    ['fct_daily_returns_join_two_observations', returnsFile, "where counted.price_status = 'OBSERVED'", ''],
    [
      'fct_daily_returns_join_two_observations',
      returnsFile,
      'lag(counted.close) over',
      'lag(counted.close, 2) over',
    ],
    [
      'key of marts.fct_daily_prices',
      pricesFile,
      'select * from final_prices',
      'select * from final_prices union all select * from final_prices',
    ],
    [
      'key of marts.dim_dates',
      'marts/dim_dates.sql',
      'select * from flagged',
      'select * from flagged union all select * from flagged',
    ],
  ])('%s', async (name, file, from, to) => {
    expect(await testsThatNotice(lake, inputs, { file, from, to })).toContain(name);
  });

  test('a run that ended in no known way is reported and stops nothing', async () => {
    await lake
      .index(
        `insert into run_records by name
        select 'r' as run, 1 as number, 'ended' as event, now() as recorded_at, 'great' as outcome`,
      )
      .write();
    const { outcome, tests } = await buildWarehouse(lake.inputs(inputs));
    expect(outcome).toBe('built');
    const name = 'pipeline_runs_status_is_known';
    expect(tests).toContainEqual({ name, severity: 'warning', offenders: 1 });
  });

  test('a price on a closed day is reported and stops nothing', async () => {
    await lake.closes(assets.AAPL, '2024-02-17', [10]).write();
    const { outcome, tests } = await buildWarehouse(lake.inputs(inputs));
    expect(outcome).toBe('built');
    const name = 'fct_daily_prices_are_observed_on_open_days';
    expect(tests).toContainEqual({ name, severity: 'warning', offenders: 1 });
  });
});
