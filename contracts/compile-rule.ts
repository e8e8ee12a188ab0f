import type { Contract, Rule, Value } from './contract.ts';
import { countDuplicates, countRows, type CompiledCheck, type Measure } from './compiled-check.ts';
import { describeExpectation } from './expectation.ts';
import { quoteName, quoteText, quoteValue } from './sql-text.ts';

/** Compiles one rule that stands under `quality`. */
export function compileRule(rule: Rule, contract: Contract): CompiledCheck {
  const { severity, dimension, expectation } = rule;
  const subject = rule.metric === 'sql' ? 'the query' : rule.metric;
  return {
    rule: `rule.${rule.name}`,
    severity,
    dimension,
    expected: `${subject} ${describeExpectation(expectation)}`,
    expectation,
    ...compileMetric(rule, contract),
  };
}

function compileMetric(rule: Rule, contract: Contract): Measure {
  switch (rule.metric) {
    case 'rowCount':
      return {
        needs: [],
        measure: 'count(*)',
        ofOneRow: { sql: '1', ifNull: 0 },
        isAboutManyRows: false,
        offenders: 'subject',
      };
    case 'nullValues':
      return countRows(`${quoteName(rule.column)} is null`, [rule.column]);
    case 'missingValues':
      return countRows(isOneOf(quoteName(rule.column), rule.missing), [rule.column]);
    case 'invalidValues':
      return countRows(
        'pattern' in rule
          ? `not regexp_matches(${quoteName(rule.column)}, ${quoteText(rule.pattern)})`
          : `${quoteName(rule.column)} is not null and not (${isOneOf(quoteName(rule.column), rule.validValues)})`,
        [rule.column],
      );
    case 'duplicateValues':
      return countDuplicates(rule.columns.map(quoteName), rule.columns);
    case 'sql':
      return compileQuery(rule.query, rule.column, contract);
  }
}

/** `in` alone says nothing about null. */
function isOneOf(column: string, values: readonly Value[]): string {
  const listed = values.filter((value) => value !== null).map(quoteValue);
  const tests = listed.length > 0 ? [`${column} in (${listed.join(', ')})`] : [];
  if (listed.length < values.length) tests.push(`${column} is null`);
  return tests.join(' or ');
}

const counting = /^select\s+count\(\*\)\s+from\s+(.+)$/is;
const simple =
  /^subject\s+where\s+((?!.*\b(?:select|from|group|having|order|limit|union|except|intersect|qualify|window)\b).+)$/is;

/**
 * Most rules only count the rows of a WHERE: such a one joins the aggregates of the one SELECT. Any other
 * query runs as a subquery; where it counts, what it counts are the offenders.
 */
function compileQuery(template: string, column: string | undefined, contract: Contract): Measure {
  const property = column === undefined ? '' : quoteName(column);
  const query = template.replaceAll('${object}', 'subject').replaceAll('${property}', property);
  const needs = namedColumns(query, contract);
  const counted = counting.exec(query)?.[1];
  const predicate = simple.exec(counted ?? '')?.[1];
  if (predicate !== undefined) return countRows(predicate, needs);
  return {
    needs,
    measure: `(${query})`,
    ofOneRow: { sql: `(${query})`, ifNull: null, isAlone: true },
    isAboutManyRows: false,
    offenders: counted === undefined ? 'subject' : `(select * from ${counted})`,
  };
}

/** The columns whose names stand in a query, outside of texts. Too many do no harm, too few would. */
function namedColumns(query: string, contract: Contract): string[] {
  const words = new Set(
    query
      .replace(/'[^']*'/g, ' ')
      .toLowerCase()
      .match(/[a-z_][a-z0-9_]*/g),
  );
  return contract.columns.map((column) => column.name).filter((name) => words.has(name));
}
