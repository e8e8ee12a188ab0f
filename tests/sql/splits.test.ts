import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWarehouse, type BuildResult } from '../../warehouse/build.ts';
import { compareWarehouses } from '../../warehouse/diff/compare.ts';
import { ask, assets, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';
import { tellSplits } from './told-splits.ts';

const { AAPL } = assets;
const MSFT = { ...AAPL, ticker: 'MSFT', symbol: 'MSFT' };
const OLD = {
  ...{ ...AAPL, ticker: 'OLD', symbol: 'OLD' },
  delisted: { on: '2024-02-28', reason: 'bought by another company' },
};
const inputs = {
  assets: [AAPL, MSFT, OLD],
  days: [
    ...['AAPL', 'MSFT'].flatMap((ticker) => weekdays(ticker, '2024-02-26', '2024-03-04')),
    ...weekdays('OLD', '2024-02-26', '2024-02-28'),
  ],
};
const aaplSplits = [
  { symbol: 'AAPL', on: '2024-02-28', from: 1, to: 4 },
  { symbol: 'AAPL', on: '2024-03-01', from: 3, to: 6 },
];

let lake: TinyLake;
const asked = async (sql: string): Promise<unknown[][]> =>
  (await ask(lake.warehousePath, sql)).map((row) => Object.values(row));
const build = async (): Promise<BuildResult> => {
  await lake.write();
  return buildWarehouse(lake.inputs(inputs));
};
const offendersOf = (result: BuildResult, name: string): number | undefined =>
  result.tests.find((one) => one.name.endsWith(name))?.offenders;
const adjusted = (ticker: string): Promise<unknown[][]> =>
  asked(`select price_date, price_status, close, split_factor, split_count::integer, close_split_adjusted
    from marts.fct_daily_prices where ticker = '${ticker}' order by price_date`);
const statuses = (): Promise<unknown[][]> =>
  asked(`select ticker, execution_date, split_status, ratio, first_learned_on, last_told_on
    from intermediate.int_market__splits order by all`);

beforeAll(async () => {
  lake = await TinyLake.make();
  // The 2nd and 3rd of March are a weekend.
  lake.closes(AAPL, '2024-02-26', [400, 404, 101, 102, 51]).closes(AAPL, '2024-03-04', [52]);
  lake.closes(MSFT, '2024-02-26', [10, 11, 100.5, 101, 101]);
  lake.closes(OLD, '2024-02-26', [5, 6]);
  // A stock nobody asked for.
  await tellSplits(lake, '2024-03-01', '2024-01-01', [{ symbol: 'ZZZ', on: '2024-02-28', from: 1, to: 2 }]);
});
afterAll(() => lake.remove());

describe('a jump with no known split', () => {
  test('is flagged with what it looks like, and closes stay as they were traded', async () => {
    const result = await build();
    expect(offendersOf(result, 'suspected_splits_are_none')).toBe(3);
    expect(
      await asked(`select ticker, price_date, looks_like, known_ratio, unexplained_ratio
        from metadata.suspected_splits order by all`),
    ).toEqual([
      ['AAPL', '2024-02-28', '4:1', 1, 0.25],
      ['AAPL', '2024-03-01', '2:1', 1, 0.5],
      ['MSFT', '2024-02-28', '1:9', 1, 100.5 / 11],
    ]);
    expect(
      await asked('select count(*)::integer from marts.fct_daily_prices where close_split_adjusted <> close'),
    ).toEqual([[0]]);
    expect(await statuses()).toEqual([]);
  });
});

describe('a split that is found later', () => {
  test('changes no observed close, and the diff names the adjusted ones that it changed', async () => {
    const before = join(lake.folder, 'before.duckdb');
    await copyFile(lake.warehousePath, before);
    await tellSplits(lake, '2024-03-02', '2024-01-01', [
      ...aaplSplits,
      // Announced; no close is from after it.
      { symbol: 'AAPL', on: '2024-04-01', from: 1, to: 10 },
    ]);
    const result = await build();
    expect(offendersOf(result, 'suspected_splits_are_none')).toBe(1);
    const difference = await compareWarehouses({
      ...{ before, after: lake.warehousePath, exampleCount: 1, temporaryFolder: lake.folder },
      keys: new Map([['marts.fct_daily_prices', ['ticker', 'price_date']]]),
    });
    expect(difference.closes).toMatchObject({ added: 0, removed: 0, changed: 0, readjusted: 4 });
    const prices = difference.models.find(({ model }) => model === 'marts.fct_daily_prices');
    expect(prices).toMatchObject({ rowsAdded: 0, rowsRemoved: 0, rowsChanged: 4 });
    expect(prices?.examples[0]?.values.map(({ column }) => column)).toEqual([
      'split_factor',
      'split_count',
      'close_split_adjusted',
    ]);
    expect(result.difference?.words).toMatch(/^4 closes adjusted otherwise for splits; /);
  });

  test('takes every split that comes after it out of a close, a close of the day itself is after it', async () => {
    expect(await adjusted('AAPL')).toEqual([
      ['2024-02-26', 'OBSERVED', 400, 0.125, 2, 50],
      ['2024-02-27', 'OBSERVED', 404, 0.125, 2, 50.5],
      ['2024-02-28', 'OBSERVED', 101, 0.5, 1, 50.5],
      ['2024-02-29', 'OBSERVED', 102, 0.5, 1, 51],
      ['2024-03-01', 'OBSERVED', 51, 1, 0, 51],
      ['2024-03-02', 'IMPUTED', 51, 1, 0, 51],
      ['2024-03-03', 'IMPUTED', 51, 1, 0, 51],
      ['2024-03-04', 'OBSERVED', 52, 1, 0, 52],
    ]);
    expect(await adjusted('MSFT')).toContainEqual(['2024-02-26', 'OBSERVED', 10, 1, 0, 10]);
  });

  test('is no return, in facts and in one unit alike', async () => {
    for (const model of ['marts.fct_daily_returns', 'intermediate.int_market__daily_returns'])
      expect(
        await asked(`select price_date, previous_close, close, simple_return from ${model}
          where ticker = 'AAPL' and price_date in ('2024-02-28', '2024-03-01') order by all`),
      ).toEqual([
        ['2024-02-28', 50.5, 50.5, 0],
        ['2024-03-01', 51, 51, 0],
      ]);
  });

  test('says when it was learned, also where it was not the first answer', async () => {
    expect(await statuses()).toEqual([
      ['AAPL', '2024-02-28', 'KNOWN', 4, '2024-03-02', '2024-03-02'],
      ['AAPL', '2024-03-01', 'KNOWN', 2, '2024-03-02', '2024-03-02'],
      ['AAPL', '2024-04-01', 'KNOWN', 10, '2024-03-02', '2024-03-02'],
    ]);
  });
});

describe('the newest answer that reaches a day', () => {
  test('withdraws what it has no more, leaves alone what it does not reach, and is not believed where it contradicts itself', async () => {
    await tellSplits(lake, '2024-03-03', '2024-02-29', [
      { symbol: 'AAPL', on: '2024-03-01', from: 1, to: 2 },
      { symbol: 'AAPL', on: '2024-03-01', from: 1, to: 3 },
      { symbol: 'MSFT', on: '2024-02-29', from: null, to: 2 },
    ]);
    const result = await build();
    expect(await statuses()).toEqual([
      ['AAPL', '2024-02-28', 'KNOWN', 4, '2024-03-02', '2024-03-02'],
      ['AAPL', '2024-03-01', 'CONTRADICTED', null, '2024-03-02', '2024-03-03'],
      ['AAPL', '2024-04-01', 'WITHDRAWN', 10, '2024-03-02', '2024-03-02'],
      ['MSFT', '2024-02-29', 'CONTRADICTED', null, '2024-03-03', '2024-03-03'],
    ]);
    expect(offendersOf(result, 'int_market__splits_are_believed')).toBe(3);
    expect((await adjusted('AAPL'))[0]).toEqual(['2024-02-26', 'OBSERVED', 400, 0.25, 1, 100]);
  });
});

describe('an asset that was delisted', () => {
  test('is kept with its last day and the reason, and no close is carried beyond that day', async () => {
    expect(
      await asked(`select price_date, price_status, close from marts.fct_daily_prices
        where ticker = 'OLD' order by price_date`),
    ).toEqual([
      ['2024-02-26', 'OBSERVED', 5],
      ['2024-02-27', 'OBSERVED', 6],
      ['2024-02-28', 'IMPUTED', 6],
    ]);
    expect(
      await asked(
        `select last_date, delisted_on, delisted_reason from marts.dim_assets where ticker = 'OLD'`,
      ),
    ).toEqual([['2024-02-27', '2024-02-28', 'bought by another company']]);
  });
});
