import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnLineage } from '../../warehouse/dictionary/column-lineage.ts';
import { inlineTables } from '../../warehouse/dictionary/inline-tables.ts';
import { Engine } from '../../warehouse/engine.ts';

describe('where a column comes from', () => {
  let engine: Engine;
  const known = new Map([
    ['s.t', ['a', 'b'].map((name) => ({ name, type: 'INTEGER' }))],
    ['s.u', ['a', 'c'].map((name) => ({ name, type: 'INTEGER' }))],
  ]);

  beforeAll(async () => {
    engine = await Engine.open({ temporaryFolder: tmpdir() });
  });

  afterAll(() => engine.close());

  async function sourcesIn(sql: string): Promise<unknown> {
    const lineage = columnLineage(sql, known, await inlineTables(engine, sql));
    return lineage.outcome === 'found' ? Object.fromEntries(lineage.sources) : lineage.why;
  }

  test.each([
    ['a column under another name', 'select t.a as x from s.t as t', { x: ['s.t.a'] }],
    ['an expression', 'select t.a + t.b as x from s.t as t', { x: ['s.t.a', 's.t.b'] }],
    [
      'a star through a WITH',
      'with w as (select * from s.t) select * from w',
      { a: ['s.t.a'], b: ['s.t.b'] },
    ],
    [
      'a union, by place',
      'with w as (select t.a as x from s.t as t union all select u.c from s.u as u) select w.x from w',
      { x: ['s.t.a', 's.u.c'] },
    ],
    ['a constant', `with w as (select 'x' as x from s.t as t) select w.x from w`, { x: [] }],
    ['a count', 'select count(*) as n from s.t as t', { n: [] }],
    [
      'VALUES',
      'select v.x, t.a from (values (1), (2)) as v (x) cross join s.t as t',
      { x: [], a: ['s.t.a'] },
    ],
    ['a window', 'select lag(t.a) over (order by t.b) as x from s.t as t', { x: ['s.t.a', 's.t.b'] }],
  ])('%s', async (_, sql, expected) => {
    expect(await sourcesIn(sql)).toEqual(expected);
  });

  test('a column that its table does not have is no answer', async () => {
    expect(await sourcesIn('select t.zzz as x from s.t as t')).toEqual(expect.any(String));
  });

  test('an answer with other columns than DuckDB gives is no answer', () => {
    const expected = [{ name: 'other', type: 'INTEGER' }];
    expect(columnLineage('select t.a from s.t as t', known, new Set(), expected)).toEqual({
      outcome: 'unknown',
      why: 'the columns found are a',
    });
  });
});
