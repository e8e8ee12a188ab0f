/** What the audit found about one candidate. `not-evaluated`: the check could not be run at all. */
export type Outcome = 'passed' | 'failed' | 'not-evaluated';

/** One rule applied to one candidate, with what was measured. */
export interface Check {
  /** The rule's name, such as `close.required` or `rule.low_not_above_open`. */
  readonly rule: string;
  /** `error` refuses the candidate; `warning` is reported. */
  readonly severity: 'error' | 'warning';
  /** ODCS dimension: accuracy, completeness, conformity, consistency, coverage, timeliness, uniqueness. */
  readonly dimension: string;
  readonly outcome: Outcome;
  /** What was measured, as text: a count, a type, a value. */
  readonly measured: string;
  /** What the contract wants, in words or symbols. */
  readonly expected: string;
  /** Up to five offending rows (column → value as text); empty where it passed. */
  readonly offenders: readonly Readonly<Record<string, string | null>>[];
}

/** The audit's answer. `failed` where any error-severity check failed, `not-evaluated` where none could run. */
export interface Verdict {
  readonly outcome: Outcome;
  /** How many rules were applied; a contract whose rules were dropped would show here. */
  readonly ruleCount: number;
  readonly checks: readonly Check[];
}
