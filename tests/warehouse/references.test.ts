import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../warehouse/engine.ts';
import { referencesOf } from '../../warehouse/references.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.open({ temporaryFolder: tmpdir() });
});

afterAll(() => engine.close());

const tablesOf = async (text: string): Promise<string[]> => {
  const header = { grain: undefined, key: [], engine: 'portable', severity: 'error' } as const;
  const file = { file: 'sql/marts/x.sql', schema: 'marts', name: 'x', text, header };
  return (await referencesOf(engine, file)).map((reference) => reference.table);
};

describe("a WITH's names hold where SQL says they hold", () => {
  test.each([
    ['a plain WITH', 'with a as (select * from s.t) select * from a', ['s.t']],
    [
      'a WITH that reads an earlier one',
      'with a as (select * from s.t), b as (select * from a) select * from b',
      ['s.t'],
    ],
    ['a WITH named like the table it reads', 'with t as (select * from s.t) select * from t', ['s.t']],
    ['a name used before it is given', 'with a as (select * from b), b as (select 1) select * from a', ['b']],
    ['a name in its own body', 'with a as (select * from a) select * from a', ['a']],
    [
      'a recursive name',
      'with recursive a as (select 1 as n union all select n + 1 from a) select * from a',
      [],
    ],
    [
      'a WITH inside a subquery, used outside',
      'select * from (with a as (select 1) select * from a) x, a',
      ['a'],
    ],
    [
      'an outer WITH used in a subquery',
      'with a as (select 1) select * from s.t where exists (select * from a)',
      ['s.t'],
    ],
    ['a schema before a name of the WITH', 'with t as (select 1) select * from t, s.t', ['s.t']],
    ['other letters', 'with A as (select 1) select * from a, S.T', ['s.t']],
    ['a WITH before a UNION', 'with a as (select 1) select * from a union all select * from s.u', ['s.u']],
    [
      'joins, lateral and scalar subqueries',
      'select (select max(x) from s.a) from s.b join s.c using (k), lateral (select * from s.d)',
      ['s.a', 's.b', 's.c', 's.d'],
    ],
    ['quoted names', 'select * from "s"."odd name"', ['s.odd name']],
    ['a function that makes a table', 'select * from range(3)', []],
  ])('%s', async (_title, sql, tables) => {
    expect((await tablesOf(sql)).sort()).toEqual(tables);
  });
});
