import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { assets, sqlFolder, TinyLake } from '../warehouse/tiny-lake.ts';
import { build } from './reports-support.ts';

/** Each SQL test of a report has a mistake in a model that it must notice. */
let lake: TinyLake;

const { AAPL, BTC, VIX } = assets;

/** 26 days, one of them missing, with no close like the one before. */
const closes = (factor: number): (number | null)[] =>
  Array.from({ length: 26 }, (_, day) => (day === 9 ? null : 100 + ((day * factor) % 7)));

beforeEach(async () => {
  lake = await TinyLake.make();
  lake
    .closes(BTC, '2024-02-05', closes(3))
    .closes(AAPL, '2024-02-05', closes(5))
    .closes(VIX, '2024-02-20', [15, 14, 16]);
});

afterEach(async () => {
  await lake.remove();
});

async function failedTests(model: string, from: string, to: string): Promise<string[]> {
  const folder = join(lake.folder, 'sql');
  await cp(sqlFolder, folder, { recursive: true });
  const file = join(folder, model.startsWith('int_') ? 'intermediate' : 'marts', `${model}.sql`);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replaceAll(from, to));
  const error: unknown = await build(lake, [AAPL, BTC, VIX], { sqlFolder: folder }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WarehouseError)) throw new Error(`expected a WarehouseError, got ${String(error)}`);
  expect(error.code).toBe('TestFailed');
  return (error.facts.failures ?? []).map((failure) => failure.name);
}

const performance = 'rpt_performance_summary';
const simulation = 'rpt_investment_simulation';
const volatility = 'rpt_volatility_comparison';

describe('a mistake in a report is noticed by the SQL test that is there for it', () => {
  test.each([
    [`${performance}_agrees_with_facts`, performance, 'min_by(observed.close', 'max_by(observed.close'],
    [`${performance}_agrees_with_facts`, performance, 'min(observed.price_date)', 'max(observed.price_date)'],
    [`${performance}_agrees_with_facts`, performance, '>= periods.first_day', '> periods.first_day'],
    [`${performance}_agrees_with_facts`, 'int_market__comparable_prices', "where ticker <> 'USD'", ''],
    [`${performance}_period_is_known`, performance, "('7D', 7)", "('8D', 7)"],
    [`${performance}_period_is_known`, performance, 'as period_end', "+ interval '1' day as period_end"],
    [`${performance}_leads_to_dimensions`, performance, 'assets.class,', "'shares' as class,"],
    ['rpt_btc_standing_agrees_with_performance', 'rpt_btc_standing', 'pct > btc', 'pct < btc'],
    ['rpt_btc_standing_agrees_with_performance', 'rpt_btc_standing', 'pct < btc', 'pct <> btc'],
    ['rpt_btc_standing_agrees_with_performance', 'rpt_btc_standing', "<> 'BTC'", "<> 'btc'"],
    [`${volatility}_is_in_range`, volatility, '(30), ', '(31), '],
    [`${volatility}_is_in_range`, volatility, '- 1.0e0 as max_drawdown', 'as max_drawdown'],
    [`${volatility}_agrees_with_facts`, volatility, 'max(returns.close)', 'min(returns.close)'],
    [`${volatility}_agrees_with_facts`, volatility, 'count(in_windows.simple_return) as n', 'count(*) as n'],
    ['rpt_correlation_is_in_range', 'rpt_correlation', '>= 20', '>= 2'],
    ['rpt_correlation_is_in_range', 'rpt_correlation', 'round(', '2 + round('],
    ['rpt_correlation_is_in_range', 'rpt_correlation', 'ones.ticker < ', 'ones.ticker > '],
    ['rpt_correlation_agrees_with_volatility', 'rpt_correlation', 'count(*) as n', '1 + count(*) as n'],
    [`${simulation}_agrees_with_facts`, simulation, 'units * valued.close as', 'units as'],
    [`${simulation}_strategy_is_known`, simulation, "'MONTHLY'", "'WEEKLY'"],
    [`${simulation}_strategy_is_known`, simulation, '1200.0e0 as', '1300.0e0 as'],
    [`${simulation}_has_no_hole`, simulation, 'left join numbered', 'inner join numbered'],
  ])('%s (%s: %s)', async (name, model, from, to) => {
    expect(await failedTests(model, from, to)).toContain(name);
  });
});
