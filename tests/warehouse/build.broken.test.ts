import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, TinyLake } from './tiny-lake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await (await TinyLake.make()).write();
  const folder = await writeSql(join(lake.folder, 'old'), { 'marts/one.sql': model('select 1 as n') });
  await buildWarehouse(lake.inputs({ sqlFolder: folder }));
});

afterEach(async () => {
  // Whatever happened, the old warehouse is whole and no remains lie about.
  expect(await ask(lake.warehousePath, 'from marts.one')).toEqual([{ n: 1 }]);
  const left = (await readdir(lake.folder)).filter((name) => /next|tmp|wal/.test(name));
  expect(left).toEqual([]);
  await lake.remove();
});

async function failureOf(files: Readonly<Record<string, string>>): Promise<WarehouseError> {
  const folder = await writeSql(join(lake.folder, 'sql'), files);
  const error: unknown = await buildWarehouse(lake.inputs({ sqlFolder: folder })).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WarehouseError)) throw new Error(`expected a WarehouseError, got ${String(error)}`);
  return error;
}

describe('a broken SQL file is named with line and column, and the old warehouse stays', () => {
  // The header takes three lines; the é shifts bytes against characters.
  test.each([
    ['a syntax error', 'select 1 as n\nfrm x y z', 5, 1, 'syntax error'],
    [
      'a syntax error after an accent',
      "select 'é' as n,\n    'é' as m from from lake.days",
      5,
      19,
      'syntax error',
    ],
    ['an unknown column', "select\n    'é' as accent, missing as n\nfrom lake.days", 5, 20, 'missing'],
    ['an unknown function', 'select 1 as n,\n  no_such_function(1) as m', 5, 3, 'no_such_function'],
    ['an unknown table', "select 'é' as n\nfrom marts.nothing", 5, 6, 'marts.nothing'],
    ['a table without its schema', 'select 1 as n\nfrom days', 5, 6, 'did you mean lake.days'],
    [
      'a dataset without a contract',
      'select 1 as n from bronze.nobody__nothing',
      4,
      20,
      'no dataset of that name',
    ],
    ['a file read through the side door', "select 1 as n from read_csv('/etc/hosts')", 4, 20, 'disabled'],
    ['a file in the place of a table', "select 1 as n from '/etc/hosts.csv'", 4, 20, '/etc/hosts.csv'],
  ])('%s', async (_title, select, line, column, found) => {
    const error = await failureOf({ 'marts/two.sql': model(select) });
    expect(error).toMatchObject({
      code: 'ModelBroken',
      isRetryable: false,
      facts: { file: 'sql/marts/two.sql', line, column },
    });
    expect(error.message).toContain(`sql/marts/two.sql:${line}:${column}`);
    expect(error.message).toContain(found);
  });

  test.each([
    ['an INSERT', 'insert into lake.days values (1)'],
    ['a CREATE', 'create table x as select 1 as n'],
    ['a PIVOT', 'select * from (pivot lake.days on ticker using count(*))'],
    ['two statements', 'select 1 as n; select 2 as n'],
    ['no statement', ''],
    ['an error in the data', "select cast('x' || n as integer) as n from (select 1 as n)"],
  ])('%s is named with its file', async (_title, text) => {
    const error = await failureOf({ 'marts/two.sql': model(text) });
    expect(error).toMatchObject({ code: 'ModelBroken', facts: { file: 'sql/marts/two.sql' } });
  });

  test.each([
    ['a header without its key', { 'marts/two.sql': '-- grain: number\nselect 1 as n' }, 'key'],
    ['a file outside the schemas', { 'two.sql': model('select 1 as n') }, 'folder of its schema'],
    ["a schema that is the build's own", { 'lake/days.sql': model('select 1 as n') }, 'the build itself'],
    ["a table that is the build's own", { 'metadata/build.sql': model('select 1 as n') }, 'the build itself'],
    ['a severity nobody knows', { 'tests/t.sql': '-- severity: fatal\nselect 1' }, 'severity'],
  ])('%s is refused', async (_title, files, found) => {
    const error = await failureOf(files);
    expect(error.code).toBe('ModelBroken');
    expect(error.message).toContain(found);
  });

  test('a broken test is named like a broken model', async () => {
    const error = await failureOf({
      'marts/two.sql': model('select 1 as n'),
      'tests/two_is_one.sql': '-- severity: error\nselect missing\nfrom marts.two',
    });
    expect(error).toMatchObject({
      code: 'ModelBroken',
      facts: { file: 'sql/tests/two_is_one.sql', line: 2, column: 8 },
    });
  });
});

test('models that need each other are told as a circle', async () => {
  const error = await failureOf({
    'marts/a.sql': model('select n from marts.b'),
    'marts/b.sql': model('select n from marts.c'),
    'marts/c.sql': model('select n from marts.a'),
  });
  expect(error.code).toBe('ModelCycle');
  expect(error.message).toContain('marts.a reads marts.b reads marts.c reads marts.a');
});

describe('a failing test stops the swap', () => {
  const numbers = { 'marts/numbers.sql': model('select range as n from range(7)') };

  test('and names test, model, number of offenders and the first rows', async () => {
    const error = await failureOf({
      ...numbers,
      'tests/none_is_odd.sql': '-- severity: error\nselect n from marts.numbers where n % 2 = 1',
    });
    expect(error.code).toBe('TestFailed');
    expect(error.facts.failures).toEqual([
      {
        name: 'none_is_odd',
        models: ['marts.numbers'],
        offenders: 3,
        firstRows: ['{"n":"1"}', '{"n":"3"}', '{"n":"5"}'],
      },
    ]);
    expect(error.message).toContain('"none_is_odd" found 3 offending rows in marts.numbers, first {"n":"1"}');
  });

  test('all that fail are told, not only the first; of many offenders five rows', async () => {
    const error = await failureOf({
      'marts/numbers.sql': model('select range % 10000 as n from range(30000)'),
      'tests/none.sql': 'select n from marts.numbers',
    });
    const failures = error.facts.failures ?? [];
    expect(failures.map((failure) => [failure.name, failure.offenders, failure.firstRows.length])).toEqual([
      ['key of marts.numbers', 10_000, 5],
      ['none', 30_000, 5],
    ]);
  });

  test('a key that is null fails the test of its header', async () => {
    const error = await failureOf({ 'marts/nothing.sql': model('select cast(null as integer) as n') });
    expect(error.facts.failures?.map((failure) => failure.name)).toEqual(['key of marts.nothing']);
  });
});
