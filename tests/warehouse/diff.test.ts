import { copyFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import type { RebuildDifference } from '../../warehouse/diff/before-swap.ts';
import { compareWarehouses } from '../../warehouse/diff/compare.ts';
import { differenceWords, type WarehouseDifference } from '../../warehouse/diff/difference.ts';
import type { WarehouseInputs } from '../../warehouse/build.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, assets, everyDay, TinyLake } from './tiny-lake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});
afterEach(() => lake.remove());

const inputs = (more: Partial<WarehouseInputs> = {}): WarehouseInputs =>
  lake.inputs({
    assets: [assets.BTC, assets.VIX],
    days: ['BTC', '^VIX'].flatMap((ticker) => everyDay(ticker, '2024-02-26', '2024-03-01')),
    ...more,
  });

/** Builds the lake as it is written, and answers what that changed. */
async function rebuilt(more: Partial<WarehouseInputs> = {}): Promise<RebuildDifference | null> {
  return (await buildWarehouse(inputs(more))).difference;
}

/** Publishes a close of Bitcoin once more. */
const restated = (date: string, close: number): Parameters<TinyLake['add']>[0] => ({
  asset: assets.BTC,
  date,
  close,
  number: 2,
  batch: 'batch-2',
});

describe('a rebuild', () => {
  it('that is the first says so', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    expect(await rebuilt()).toEqual({ words: 'first build', closes: null, models: [] });
  });

  it('says in the words of the market what it changes, with the largest change in percent', async () => {
    await lake
      .closes(assets.BTC, '2024-02-26', [100, 200, 300])
      .closes(assets.VIX, '2024-02-26', [14])
      .write();
    await rebuilt();
    await lake
      .add(restated('2024-02-26', 100.4), restated('2024-02-27', 199.8))
      .closes(assets.VIX, '2024-02-27', [15])
      .write();
    const difference = await rebuilt();
    expect(difference?.words).toMatch(
      /^2 closes changed, 1 ticker, largest 0\.4 %; 1 close added; \d+ models differ$/,
    );
    const prices = difference?.models.find(({ model: name }) => name === 'marts.fct_daily_prices');
    // VIX has one price more, and its carried one of the 28th is another.
    expect(prices).toEqual({
      model: 'marts.fct_daily_prices',
      presence: 'both',
      rowsAdded: 0,
      rowsRemoved: 0,
      rowsChanged: 4,
    });
  });

  it('of nothing new is skipped, and compares nothing', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    await rebuilt();
    expect(await rebuilt()).toBeNull();
  });

  it('that gives the same market says that nothing differs', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    const sql = { 'marts/a.sql': model('select 1 as n') };
    await rebuilt({ sqlFolder: await writeSql(join(lake.folder, 'one'), sql) });
    const commented = { 'marts/a.sql': `${model('select 1 as n')}\n-- the same` };
    expect(await rebuilt({ sqlFolder: await writeSql(join(lake.folder, 'two'), commented) })).toEqual({
      words: 'nothing differs',
      closes: null,
      models: [],
    });
  });

  it.each([
    ['is no database', (path: string) => writeFile(path, 'spoilt')],
    ['lost its end', (path: string) => cutInHalf(path)],
  ])(
    'over a warehouse that %s is built all the same, and says that there was nothing to compare',
    async (_, spoil) => {
      await lake.closes(assets.BTC, '2024-02-26', [100]).write();
      await rebuilt();
      await spoil(lake.warehousePath);
      expect((await rebuilt())?.words).toContain('first build');
      expect(await ask(lake.warehousePath, 'select close from marts.fct_daily_prices')).toEqual([
        { close: 100 },
      ]);
    },
  );

  it('tells its difference before it swaps: whoever refuses it keeps the old warehouse', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    await rebuilt();
    await lake.add(restated('2024-02-26', 150)).write();
    const told: string[] = [];
    const refusing = rebuilt({
      beforeSwap: async ({ words }) => {
        told.push(words);
        throw new Error('not this one');
      },
    });
    await expect(refusing).rejects.toThrow('not this one');
    expect(told).toEqual([expect.stringContaining('1 close changed, 1 ticker, largest 50.0 %')]);
    expect(await ask(lake.warehousePath, 'select close from marts.fct_daily_prices')).toEqual([
      { close: 100 },
    ]);
    expect((await readdir(lake.folder)).filter((name) => /next|tmp/.test(name))).toEqual([]);
  });
});

async function cutInHalf(path: string): Promise<void> {
  await truncate(path, Math.floor((await stat(path)).size / 2));
}

/** Builds two warehouses of SQL files alone and compares them. */
async function compared(
  before: Record<string, string>,
  after: Record<string, string>,
  keys: Record<string, string[]> = { 'marts.a': ['n'] },
): Promise<WarehouseDifference> {
  await lake.write();
  const paths = [];
  for (const [name, sql] of Object.entries({ before, after })) {
    const sqlFolder = await writeSql(join(lake.folder, `sql-${name}`), sql);
    await buildWarehouse(inputs({ sqlFolder }));
    await copyFile(lake.warehousePath, join(lake.folder, `${name}.duckdb`));
    await rm(lake.warehousePath);
    paths.push(join(lake.folder, `${name}.duckdb`));
  }
  const [first = '', second = ''] = paths;
  return compareWarehouses({
    before: first,
    after: second,
    keys: new Map(Object.entries(keys)),
    exampleCount: 2,
    temporaryFolder: join(lake.folder, 'spill'),
  });
}

const same = {
  presence: 'both',
  rowsAdded: 0,
  rowsRemoved: 0,
  rowsChanged: 0,
  columnsAdded: [],
  columnsRemoved: [],
  examples: [],
};

describe('two warehouses', () => {
  it('are compared by key: rows added, removed and changed, with old and new value of each column', async () => {
    const { models } = await compared(
      {
        'marts/a.sql': model(
          "select * from (values (1, 'x', 1.5e0), (2, 'y', 2.5e0), (3, 'z', null)) as t (n, w, p)",
        ),
      },
      {
        'marts/a.sql': model(
          "select * from (values (2, 'y', 2.75e0), (3, 'q', 4e0), (4, 'v', 1e0)) as t (n, w, p)",
        ),
      },
    );
    expect(models).toEqual([
      {
        ...same,
        model: 'marts.a',
        rowsAdded: 1,
        rowsRemoved: 1,
        rowsChanged: 2,
        examples: [
          { key: { n: '2' }, values: [{ column: 'p', before: '2.5', after: '2.75' }] },
          {
            key: { n: '3' },
            values: [
              { column: 'w', before: 'z', after: 'q' },
              { column: 'p', before: null, after: '4.0' },
            ],
          },
        ],
      },
    ]);
  });

  it('differ by columns and models that only one of them has', async () => {
    const difference = await compared(
      { 'marts/a.sql': model('select 1 as n, 2 as old_one'), 'marts/b.sql': model('select 1 as n') },
      { 'marts/a.sql': model('select 1 as n, 3 as new_one'), 'marts/c.sql': model('select 1 as n') },
    );
    expect(difference.models).toEqual([
      { ...same, model: 'marts.a', columnsAdded: ['new_one'], columnsRemoved: ['old_one'] },
      { ...same, model: 'marts.b', presence: 'removed' },
      { ...same, model: 'marts.c', presence: 'added' },
    ]);
    expect(differenceWords(difference)).toBe('1 model differs; 1 model added; 1 model removed');
  });

  it('are the same where a sum came out another way in its last digit, and where nulls meet nulls', async () => {
    const { models } = await compared(
      { 'marts/a.sql': model('select 1 as n, 0.3e0 as p, cast(null as varchar) as w') },
      { 'marts/a.sql': model('select 1 as n, 0.1e0 + 0.2e0 as p, cast(null as varchar) as w') },
    );
    expect(models).toEqual([]);
  });

  it('are compared where a column changed its type', async () => {
    const { models } = await compared(
      { 'marts/a.sql': model('select 1 as n, 5 as w') },
      { 'marts/a.sql': model("select 1 as n, 'five' as w") },
    );
    expect(models[0]?.examples).toEqual([
      { key: { n: '1' }, values: [{ column: 'w', before: '5', after: 'five' }] },
    ]);
  });

  it('are compared row by row where a model has no key that both know', async () => {
    const { models } = await compared(
      { 'marts/a.sql': model('select 1 as n, 5 as w') },
      { 'marts/a.sql': model('select 1 as n, 6 as w') },
      {},
    );
    expect(models).toEqual([{ ...same, model: 'marts.a', rowsAdded: 1, rowsRemoved: 1 }]);
  });

  it('that have no column of a model in common differ by their columns', async () => {
    const { models } = await compared(
      { 'marts/a.sql': model('select 1 as n') },
      { 'marts/a.sql': model('select 1 as m').replace('key: n', 'key: m') },
    );
    expect(models).toEqual([{ ...same, model: 'marts.a', columnsAdded: ['m'], columnsRemoved: ['n'] }]);
  });

  it('are compared row by row over many keys: each change is counted once, wherever it lies', async () => {
    const rows = (close: string): Record<string, string> => ({
      'marts/a.sql': model(`select n, ${close} as p from range(0, 5000) as numbers (n)`),
    });
    const { models } = await compared(rows('1e0'), rows('case when n % 50 = 0 then 2e0 else 1e0 end'));
    expect(models).toMatchObject([{ model: 'marts.a', rowsAdded: 0, rowsRemoved: 0, rowsChanged: 100 }]);
  });
});
