import { describe } from 'vitest';
import { testRules, type Rule } from './portable-rules.ts';

const clauses: readonly Rule[] = [
  [
    'qualify',
    'select t.a from t qualify row_number() over (order by t.a) = 1',
    'qualify',
    'select s.a from (select t.a, row_number() over (order by t.a) as n from t) as s where s.n = 1',
  ],
  [
    'asof join',
    'select t.a from t asof join u on t.d >= u.d',
    'asof join',
    'select t.a from t left join u on t.d >= u.d',
  ],
  [
    'positional join',
    'select t.a from t positional join u',
    'positional join',
    'select t.a from t cross join u',
  ],
  ['natural join', 'select a from t natural join u', 'natural join', 'select a from t join u using (a)'],
  [
    'semi join',
    'select t.a from t semi join u on t.a = u.a',
    'semi join',
    'select t.a from t where exists (select 1 from u where u.a = t.a)',
  ],
  [
    'anti join',
    'select t.a from t anti join u on t.a = u.a',
    'anti join',
    'select t.a from t where t.a not in (select u.a from u)',
  ],
  [
    'a pivot as a table',
    'select * from t pivot (sum(b) for a in (1, 2))',
    'pivot',
    'select sum(case when t.a = 1 then t.b end) as b_1 from t',
  ],
  [
    'a pivot as a statement',
    'pivot t on a using sum(b)',
    'write one SELECT',
    'select sum(t.b) filter (where t.a = 1) as b_1 from t',
  ],
  [
    'a table function',
    'select * from range(3)',
    'table function',
    'select * from (values (0), (1)) as v (n)',
  ],
  [
    'a file as a table, by function',
    "select * from read_csv('a.csv')",
    'table function',
    'select * from seeds.a',
  ],
  [
    'a sample',
    'select t.a from t tablesample 10%',
    'sample',
    'select t.a from t order by t.a nulls last limit 10',
  ],
  [
    'group by all',
    'select t.a, count(*) as n from t group by all',
    'group by all',
    'select t.a, count(*) as n from t group by t.a',
  ],
  [
    'group by a position',
    'select t.a from t group by 1',
    'group by a position',
    'select t.a from t group by t.a',
  ],
  [
    'rollup',
    'select t.a from t group by rollup (t.a)',
    'grouping sets',
    'select t.a from t group by t.a union all select null as a',
  ],
  ['distinct on', 'select distinct on (t.a) t.a from t', 'distinct on', 'select distinct t.a from t'],
  [
    'order by all',
    'select t.a from t order by all',
    'order by all',
    'select t.a from t order by t.a nulls last',
  ],
  [
    'order by a position',
    'select t.a from t order by 1 nulls last',
    'order by a position',
    'select t.a from t order by t.a desc nulls first',
  ],
  [
    'order by without a place for nulls',
    'select t.a from t order by t.a desc',
    'nulls last',
    'select t.a, lag(t.a) over (order by t.d) as b from t',
  ],
  [
    'an order inside a union',
    'select t.a from t union all (select u.a from u order by u.a limit 1)',
    'nulls last',
    'select t.a from t union all (select u.a from u order by u.a nulls last limit 1)',
  ],
  [
    'offset',
    'select t.a from t order by t.a nulls last limit 1 offset 2',
    'offset',
    'select t.a from t order by t.a nulls last limit 1',
  ],
  [
    'a limit in percent',
    'select t.a from t order by t.a nulls last limit 10%',
    'limit in percent',
    'select t.a from t limit 10',
  ],
  [
    'union by name',
    'select t.a from t union by name select u.a from u',
    'union by name',
    'select t.a from t union select u.a from u',
  ],
  [
    'a recursive with',
    'with recursive a as (select 1 as n union all select a.n + 1 from a) select a.n from a',
    'recursive',
    'with a as (select 1 as n), b as (select a.n + 1 as n from a) select b.n from b',
  ],
  ['from before select', 'from t select t.a', 'from before select', 'select t.a from t'],
  ['from without select', 'with a as (from t) select a.n from a', 'from without select', 'select * from t'],
  [
    'an alias in the same select',
    'select t.a + 1 as b, b * 2 as c from t',
    'alias of the same select',
    'select t.a + 1 as b, t.b * 2 as c from t',
  ],
  [
    'an alias in where',
    'select t.a + 1 as b from t where b > 2',
    'alias of the same select',
    'select t.a + 1 as b from t where t.a + 1 > 2 and exists (select b from u)',
  ],
];

describe('clauses and tables', () => {
  testRules(clauses);
});
