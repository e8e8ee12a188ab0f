import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { assets, everyDay, TinyLake } from '../warehouse/tiny-lake.ts';
import { EURUSD, SAP } from './euro-assets.ts';
import { testsThatNotice } from './mistake.ts';

/** Each SQL test of the intermediate models and of the metrics has a mistake, or data, that it must notice. */
let lake: TinyLake;

const inputs = {
  assets: [assets.BTC, assets.VIX, SAP, EURUSD],
  days: ['BTC', '^VIX', 'SAP', 'EURUSD'].flatMap((ticker) => everyDay(ticker, '2024-02-01', '2024-02-20')),
};

beforeEach(async () => {
  lake = await TinyLake.make();
  lake
    // The highest is the first, so that a window that reaches too far finds it.
    .closes(assets.BTC, '2024-02-01', [90, 20, 10, 30, 20, 10, 40, 20, 10, 50, 20, 10, 60, 20, 10, 70, 20])
    .closes(assets.BTC, '2024-02-19', [10, 80])
    .closes(assets.VIX, '2024-02-01', [14, null, 15])
    .closes(EURUSD, '2024-02-05', [1.25, 1.5])
    .closes(SAP, '2024-02-05', [80, 80])
    .closes(SAP, '2024-02-19', [80]);
  await lake.write();
});

afterEach(async () => {
  await lake.remove();
});

const unified = 'intermediate/int_market__unified_prices.sql';
const returns = 'intermediate/int_market__daily_returns.sql';
const metrics = 'intermediate/int_market__rolling_metrics.sql';
const relative = 'intermediate/int_market__btc_relative.sql';
const gaps = 'intermediate/int_market__data_gaps.sql';
const facts = 'marts/fct_rolling_metrics.sql';

describe('a mistake in a model is noticed by the SQL test that is there for it', () => {
  test.each([
    ['int_market__unified_prices_unit_is_known', unified, "then 'points'", "then 'USD'"],
    [
      'int_market__unified_prices_unit_is_known',
      unified,
      'observed.close * coalesce',
      '2 * observed.close * coalesce',
    ],
    [
      'int_market__unified_prices_hold_every_observed_price',
      unified,
      'select * from unified',
      'select * from unified where unified.close > 10',
    ],
    ['int_market__unified_prices_rates_are_observed', unified, '<= 7', '<= 70'],
    ['int_market__unified_prices_rates_are_observed', unified, 'close as rate', 'close * 2 as rate'],
    [
      'int_market__daily_returns_agree_with_facts',
      returns,
      'lag(observed.close_split_adjusted)',
      'lag(observed.close_split_adjusted, 2)',
    ],
    [
      'int_market__btc_relative_starts_together',
      relative,
      'first_value(side_by_side.close)',
      'last_value(side_by_side.close)',
    ],
    ['int_market__data_gaps_severity_is_known', gaps, "= 1 then 'minor'", "= 2 then 'minor'"],
    [
      'int_market__data_gaps_hold_no_observation',
      gaps,
      'observed.ticker is null as is_missing',
      'true as is_missing',
    ],
    [
      'fct_daily_prices_dollar_closes_agree',
      'marts/fct_daily_prices.sql',
      "case when unified.unit = 'USD' then unified.close end",
      'unified.close',
    ],
    ['fct_rolling_metrics_lead_to_a_batch', facts, '        observed.batch_id,', "        'b' as batch_id,"],
    [
      'fct_rolling_metrics_lead_to_dimensions',
      'marts/dim_assets.sql',
      'select * from final_assets',
      "select * from final_assets where ticker <> 'BTC'",
    ],
    [
      'fct_rolling_metrics_hold_every_observed_price',
      facts,
      'select * from final_metrics',
      "select * from final_metrics where price_date <> date '2024-02-20'",
    ],
    ['fct_rolling_metrics_agree_with_facts', metrics, 'rows between 6 preceding', 'rows between 7 preceding'],
    ['fct_rolling_metrics_agree_with_facts', metrics, 'observation_number > 7', 'observation_number >= 7'],
    [
      'fct_rolling_metrics_agree_with_facts',
      metrics,
      'nullif(windowed.close_max_7d',
      'nullif(windowed.close_min_7d',
    ],
    [
      'fct_rolling_metrics_windows_are_nested',
      metrics,
      'max(numbered.close) over last_7 as',
      'max(numbered.close) over last_90 as',
    ],
  ])('%s', async (name, file, from, to) => {
    expect(await testsThatNotice(lake, inputs, { file, from, to })).toContain(name);
  });
});

describe('a hole in the data is reported and stops nothing', () => {
  test('every gap of five open days, and every asset that is more than seven of them behind', async () => {
    // ^VIX ends on 3 February, EURUSD on 6 February; SAP has a hole and then a close on the 19th.
    const { outcome, tests } = await buildWarehouse(lake.inputs(inputs));
    expect(outcome).toBe('built');
    const severity = 'warning';
    expect(tests).toContainEqual({ name: 'int_market__data_gaps_are_not_critical', severity, offenders: 3 });
    expect(tests).toContainEqual({ name: 'dim_assets_are_fresh', severity, offenders: 2 });
  });

  test('seven open days behind are still fresh', async () => {
    const days = [
      ...everyDay('BTC', '2024-02-01', '2024-02-20'),
      ...everyDay('^VIX', '2024-02-01', '2024-02-10'),
      ...everyDay('EURUSD', '2024-02-01', '2024-02-14'),
    ];
    const { tests } = await buildWarehouse(lake.inputs({ assets: [assets.BTC, assets.VIX, EURUSD], days }));
    expect(tests).toContainEqual({ name: 'dim_assets_are_fresh', severity: 'warning', offenders: 1 });
  });
});
