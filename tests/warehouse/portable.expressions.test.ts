import { describe } from 'vitest';
import { testRules, type Rule } from './portable-rules.ts';

const expressions: readonly Rule[] = [
  ['exclude', 'select * exclude (a) from t', 'star', 'select t.* from t'],
  ['replace', 'select * replace (1 as a) from t', 'star', 'select * from t'],
  ['a star by pattern', "select * like 'a%' from t", 'star', 'select count(*) as n, t.* from t'],
  ['columns', "select columns('a.*') from t", 'star', 'select count(*) as n from t'],
  ['a lambda', 'select list_transform(t.l, x -> x + 1) as m from t', 'lambda', 'select t.l + 1 as m from t'],
  ['a list', 'select [1, 2] as l', 'list_value', 'select 1 as l'],
  ['a struct', "select {'a': 1} as s", 'struct_pack', 'select 1 as s_a'],
  ['an element', 'select t.l[1] as first from t', 'array extract', 'select min(t.l) as first from t'],
  ['a field of a struct', 'select t.s.a from t', 't.s.a', 'select t.s_a from t'],
  [
    'a list of a subquery',
    'select array(select u.a from u) as l',
    'array_agg',
    'select (select max(u.a) from u) as l',
  ],
  [
    'all of a subquery',
    'select t.a from t where t.a > all (select u.a from u)',
    'any or all',
    'select t.a from t where t.a in (select u.a from u)',
  ],
  ['a collation', 'select t.a collate nocase as b from t', 'collate', 'select lower(t.a) as b from t'],
  ['a quoted name', 'select t."a b" from t', 'quoted name', 'select \'say "a b"\' as a_b'],
  [
    'a comma too many',
    'select t.a, from t',
    'comma',
    "select concat_ws(',', t.a, ',', '') as a from t -- a, from",
  ],
  ['a text with escapes', "select e'a\\n' as a", 'plain quotes', "select 'it''s e' as a"],
  ['dollars around a text', 'select $$a$$ as a', 'plain quotes', "select '$$a$$' as a"],
  ['==', 'select t.a from t where t.a == 1', '==', "select t.a from t where t.a = '=='"],
  ['the clock', 'select current_date as d', 'clock', 'select t.current_date from t'],
  ['::', "select '1'::integer as n", '::', "select cast('::' as varchar(2)) as n"],
  [
    'a cast to text without a length',
    'select cast(t.a as varchar) as b from t',
    'length',
    "select cast(concat_ws(')', t.a, t.b) as varchar(10)) as b from t",
  ],
  [
    'a cast to a type of its own',
    'select cast(t.a as hugeint) as b from t',
    'hugeint',
    'select try_cast(t.a as bigint) as b, cast(t.c as decimal(18, 4)) as d, true as e from t',
  ],
];

describe('expressions', () => {
  testRules(expressions);
});
