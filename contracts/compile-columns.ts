import type { Column, Dimension, Limit, LimitKind } from './contract.ts';
import { countDuplicates, countRows, none, type CompiledCheck, type Measure } from './compiled-check.ts';
import { quoteName, quoteText } from './sql-text.ts';

/** Compiles what a column says of its values. Its presence and type are the file's to show. */
export function compileColumn(column: Column): CompiledCheck[] {
  const checks = column.limits.map((limit) => compileLimit(column, limit));
  const name = quoteName(column.name);
  if (column.required) {
    const measure = countRows(`${name} is null`, [column.name]);
    checks.unshift(check(`${column.name}.required`, 'completeness', 'no null', measure));
  }
  if (column.unique) {
    const measure = countDuplicates([name], [column.name]);
    checks.push(check(`${column.name}.unique`, 'uniqueness', 'no value twice', measure));
  }
  if (column.pattern !== undefined) {
    const measure = countRows(`not regexp_matches(${name}, ${quoteText(column.pattern)})`, [column.name]);
    checks.push(
      check(`${column.name}.pattern`, 'conformity', `every value matches ${column.pattern}`, measure),
    );
  }
  return checks;
}

/** Compiles the primary key: no combination of its columns occurs twice. */
export function compilePrimaryKey(columns: readonly string[]): CompiledCheck[] {
  if (columns.length === 0) return [];
  const measure = countDuplicates(columns.map(quoteName), columns);
  return [check('primary_key.unique', 'uniqueness', `no (${columns.join(', ')}) twice`, measure)];
}

const comparisons: Readonly<Record<LimitKind, string>> = {
  minimum: '>=',
  maximum: '<=',
  exclusiveMinimum: '>',
  exclusiveMaximum: '<',
};

function compileLimit(column: Column, limit: Limit): CompiledCheck {
  const name = quoteName(column.name);
  const comparison = comparisons[limit.kind];
  // DuckDB sorts NaN above every number, so that NaN > 0 is true.
  const orNaN = column.logicalType === 'number' ? ` or isnan(${name})` : '';
  const measure = countRows(`not (${name} ${comparison} ${limit.value})${orNaN}`, [column.name]);
  const expected = `every ${column.name} ${comparison} ${limit.value}`;
  return check(`${column.name}.${limit.kind}`, 'accuracy', expected, measure);
}

function check(rule: string, dimension: Dimension, expected: string, measure: Measure): CompiledCheck {
  return { rule, severity: 'error', dimension, expected, expectation: none, ...measure };
}
