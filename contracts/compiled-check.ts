import type { Dimension, Expectation, Severity } from './contract.ts';

/** One check as SQL: how its number is measured over `subject`, and what the number must be. */
export interface CompiledCheck {
  readonly rule: string;
  readonly severity: Severity;
  readonly dimension: Dimension;
  /** What the contract wants, in words. */
  readonly expected: string;
  /** The columns without which it cannot be measured. */
  readonly needs: readonly string[];
  /** A scalar expression over `subject`. */
  readonly measure: string;
  /** The same where `subject` is one row, as an expression of that row (true counts as 1), and what its null means. */
  readonly ofOneRow: {
    readonly sql: string;
    readonly ifNull: 0 | null;
    /** True where it asks `subject` itself, so that `subject` must hold no other row. */
    readonly isAlone?: boolean;
  };
  readonly expectation: Expectation;
  /** True where a file of one row measures 0 by itself, so that nothing needs to be asked. */
  readonly isAboutManyRows: boolean;
  /** A relation that holds the offending rows. */
  readonly offenders: string;
}

/** How a check measures. */
export type Measure = Pick<CompiledCheck, 'needs' | 'measure' | 'ofOneRow' | 'isAboutManyRows' | 'offenders'>;

/** What a count of offenders must be. */
export const none: Expectation = { operator: 'mustBe', value: 0 };

/** Counts the rows for which a predicate is true; DuckDB's `count_if` over nulls alone is null. */
export function countRows(predicate: string, needs: readonly string[]): Measure {
  return {
    needs,
    measure: `coalesce(count_if(${predicate}), 0)`,
    ofOneRow: { sql: `(${predicate})`, ifNull: 0 },
    isAboutManyRows: false,
    offenders: `(select * from subject where ${predicate})`,
  };
}

/**
 * Counts the rows beyond the first of each value of some columns. A row with a null among them has no
 * value to share. As a part of the one SELECT it would double the time of every audit.
 */
export function countDuplicates(quotedColumns: readonly string[], needs: readonly string[]): Measure {
  const list = quotedColumns.join(', ');
  const isWhole = quotedColumns.map((column) => `${column} is not null`).join(' and ');
  return {
    needs,
    measure: `(select coalesce(sum(n - 1), 0) from (select count(*) as n from subject where ${isWhole} group by ${list}))`,
    ofOneRow: { sql: '0', ifNull: 0 },
    isAboutManyRows: true,
    offenders: `(select * from subject where ${isWhole} qualify count(*) over (partition by ${list}) > 1)`,
  };
}
