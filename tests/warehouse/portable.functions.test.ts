import { describe } from 'vitest';
import { testRules, type Rule } from './portable-rules.ts';

const functions: readonly Rule[] = [
  [
    'a function that is not listed',
    'select median(t.a) as m from t',
    'row_number',
    'select avg(t.a) as m from t',
  ],
  [
    'list functions',
    'select list(t.a) as l from t',
    'one value a column',
    'select count(distinct t.a) as l from t',
  ],
  [
    'greatest',
    'select greatest(t.a, t.b) as g from t',
    'write a case',
    'select coalesce(t.a, t.b) as g from t',
  ],
  ['concat', "select concat(t.a, 'x') as c from t", '||', "select t.a || 'x' as c from t"],
  ['log', 'select log(t.a) as l from t', 'write ln', 'select ln(t.a) as l from t'],
  [
    'ilike',
    "select t.a from t where t.a ilike 'x%'",
    'lower(a)',
    "select t.a from t where lower(t.a) like 'x%'",
  ],
  [
    'dayofweek',
    'select dayofweek(t.d) as w from t',
    'dim_dates',
    'select year(t.d) as y, day(t.d) as d from t',
  ],
  [
    'a part of a date that counts otherwise',
    'select extract(dow from t.d) as w from t',
    'extract of dow',
    'select extract(quarter from t.d) as q from t',
  ],
  [
    'an order inside an aggregate',
    'select max(t.a order by t.b) as m from t',
    'order inside',
    'select max_by(t.a, t.b) as m from t',
  ],
  [
    'ignore nulls',
    'select first_value(t.a ignore nulls) over (order by t.d) as a from t',
    'ignore nulls',
    'select count(t.a) over (partition by t.k order by t.d rows between unbounded preceding and current row) as g from t',
  ],
  [
    'exclude current row',
    'select sum(t.a) over (order by t.d rows between 1 preceding and 1 following exclude current row) as s from t',
    'exclude in a window',
    'select sum(t.a) over w as s from t window w as (order by t.d rows between 1 preceding and 1 following)',
  ],
  [
    'a window of range',
    "select sum(t.a) over (order by t.d range between interval '1' day preceding and current row) as s from t",
    'range or groups',
    'select sum(t.a) over (order by t.d) as s from t',
  ],
  [
    'a window of groups',
    'select sum(t.a) over (order by t.d groups between 1 preceding and current row) as s from t',
    'range or groups',
    'select sum(t.a) over (partition by t.k) as s from t',
  ],
  [
    'an interval without quotes',
    'select t.at + interval 1 hour as h from t',
    "interval '1' day",
    "select t.at + interval '1' hour as h from t",
  ],
  [
    'an interval in one text',
    "select t.at + interval '1 hour' as h from t",
    "interval '1' day",
    "select t.at - interval '2' day as h from t",
  ],
];

const arithmetic: readonly Rule[] = [
  ['//', 'select t.a // 2 as h from t', 'floor', 'select floor(t.a / 2.0e0) as h from t'],
  ['a power by sign', 'select t.a ** 2 as p from t', 'power', 'select power(t.a, 2) as p from t'],
  ['a decimal literal', 'select t.a * 1.5 as b from t', '1.0e0', 'select t.a * 1.5e0 as b from t'],
  [
    'a division by a whole literal',
    'select t.a / 2 as h from t',
    'whole numbers',
    'select t.a / 2.0e0 as h from t',
  ],
  [
    'a division of counts',
    'select count(t.a) / nullif(count(*), 0) as share from t',
    'whole numbers',
    'select cast(count(t.a) as double) / nullif(count(*), 0) as share from t',
  ],
  [
    'a divisor that may be zero',
    'select t.a / t.b as q from t',
    'may be zero',
    'select t.a / nullif(t.b, 0.0e0) * sqrt(252.0e0) / exp(t.c) as q from t',
  ],
  [
    'a divisor guarded by another column',
    'select case when t.c > 0 then t.a / t.b end as q from t',
    'may be zero',
    'select case when t.a > 0 and t.b > 0.0e0 then ln(t.a / t.b) end as q from t',
  ],
  [
    'a divisor whose guard lets zero in',
    'select case when t.b > -1 then t.a / t.b end as q from t',
    'may be zero',
    'select case when t.b <> 0 then t.a / t.b end as q from t',
  ],
  [
    'a divisor in the other branch of its guard',
    'select case when t.b > 0 then 1 else t.a / t.b end as q from t',
    'may be zero',
    'select case when t.b > 0 then t.a / t.b else 1 end as q from t',
  ],
  [
    'date minus date',
    'select t.end_date - t.start_date as n from t',
    'day_number',
    'select t.end_number - t.start_number as n from t',
  ],
  [
    'the lag of a date taken off it',
    'select t.price_date - lag(t.price_date) over (order by t.price_date) as n from t',
    'day_number',
    'select t.day_number - lag(t.day_number) over (order by t.price_date) as n from t',
  ],
  ['date minus number', "select date '2024-03-01' - 1 as d", 'day_number', "select date '2024-03-01' as d"],
  [
    'a date minus an interval as it is',
    "select t.price_date - interval '1' day as d from t",
    'timestamp in DuckDB only',
    "select cast(t.price_date - interval '1' day as date) as d from t",
  ],
  [
    'a double cast to a whole number',
    'select cast(t.a * 1.0e0 as integer) as n from t',
    'cut off elsewhere',
    'select cast(floor(t.a * 1.0e0) as integer) as n, cast(t.a as integer) as m from t',
  ],
];

describe('functions and windows', () => {
  testRules(functions);
});

describe('arithmetic', () => {
  testRules(arithmetic);
});
