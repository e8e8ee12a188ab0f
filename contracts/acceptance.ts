import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { Contract } from './contract.ts';
import type { Check, Verdict } from './verdict.ts';

/** What was judged: what the source said, and the contract that it was held against. */
export interface Judged {
  /** The hash of what the source said. */
  readonly contentSha256: string;
  readonly contractVersion: string;
  /** Of the contract's file. */
  readonly contractSha256: string;
}

/** What a person let through: these rules, broken by this content, under this contract. */
export interface Acceptance extends Judged {
  readonly rules: readonly string[];
  /** The last day, in UTC, on which it holds; null: for good. */
  readonly livesUntil: PartitionDate | null;
}

/** The rules of severity `error` that a candidate did not pass. */
export function refusingRules(verdict: Verdict): string[] {
  return refusingChecks(verdict).map((check) => check.rule);
}

/** The checks of severity `error` that a candidate did not pass. */
export function refusingChecks(verdict: Verdict): Check[] {
  return verdict.checks.filter((check) => check.severity === 'error' && check.outcome !== 'passed');
}

/**
 * Says why an acceptance does not let a refused candidate through; undefined where it does. It holds for exactly what
 * the person saw: the same contract, the same content, the same broken rules, and as long as was said.
 */
export function whyNotCovered(
  acceptance: Acceptance,
  judged: Judged,
  verdict: Verdict,
  today: PartitionDate,
): string | undefined {
  if (isOver(acceptance, today)) return `it held until ${acceptance.livesUntil}`;
  if (acceptance.contractSha256 !== judged.contractSha256) {
    return `it was given under contract version ${acceptance.contractVersion}, and the contract is another now (version ${judged.contractVersion})`;
  }
  if (acceptance.contentSha256 !== judged.contentSha256) return 'the source says something else now';
  const broken = refusingRules(verdict);
  const isSame =
    broken.length === acceptance.rules.length && broken.every((rule) => acceptance.rules.includes(rule));
  return isSame
    ? undefined
    : `it let ${acceptance.rules.join(', ')} pass, and now ${broken.join(', ')} refuse it`;
}

/** Tells whether the time of an acceptance is over. */
export function isOver({ livesUntil }: Pick<Acceptance, 'livesUntil'>, today: PartitionDate): boolean {
  return livesUntil !== null && livesUntil < today;
}

/**
 * Says why nobody can accept what a verdict refused; undefined where a person can. A person judges values that a
 * rule calls wrong. A file that is no file of this cell, that lacks a value every reader counts on, or that was never
 * measured has none to judge.
 */
export function whyNotAcceptable(verdict: Verdict, contract: Contract): string | undefined {
  if (verdict.outcome === 'passed') return 'its audit passed';
  for (const check of refusingChecks(verdict)) {
    const why = whyNotWaivable(check, contract);
    if (why !== undefined) return `${check.rule}: ${why}`;
  }
  return undefined;
}

function whyNotWaivable(check: Check, contract: Contract): string | undefined {
  if (check.outcome === 'not-evaluated')
    return `nothing was measured (${check.measured}), so there is nothing to judge`;
  if (check.rule === 'file.columns' || check.rule.endsWith('.type')) {
    return 'the file has other columns than the contract, and no reader could read it beside the others';
  }
  if (check.rule.startsWith('cell.')) return 'the file holds another cell than this one';
  if (check.rule.endsWith('.required')) return 'a value that is not there cannot be published as one';
  if (countsRows(check.rule, contract))
    return 'the file has other rows than one cell has, and every sum would count them';
  return check.offenders.some(holdsNoNumber)
    ? 'a value is no finite number, and every sum over it would be none'
    : undefined;
}

function countsRows(name: string, contract: Contract): boolean {
  if (name === 'primary_key.unique' || name.endsWith('.unique')) return true;
  const rule = contract.rules.find((candidate) => name === `rule.${candidate.name}`);
  return rule?.metric === 'rowCount' || rule?.metric === 'duplicateValues';
}

function holdsNoNumber(row: Readonly<Record<string, string | null>>): boolean {
  return Object.values(row).some((value) => /^-?(nan|inf|infinity)$/i.test(value ?? ''));
}
