import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  refusingRules,
  whyNotAcceptable,
  whyNotCovered,
  type Acceptance,
} from '../../contracts/acceptance.ts';
import type { Contract } from '../../contracts/contract.ts';
import { loadContracts } from '../../contracts/load.ts';
import type { Check, Verdict } from '../../contracts/verdict.ts';
import { contractsFolder } from './support.ts';

const bars = loadContracts(join(contractsFolder)).get('massive.daily_bars') as Contract;

function check(rule: string, more: Partial<Check> = {}): Check {
  const facts = {
    severity: 'error',
    dimension: 'accuracy',
    outcome: 'failed',
    measured: '1',
    expected: '0',
  } as const;
  return { rule, ...facts, offenders: [{ close: '12' }], ...more };
}

function refusedBy(...checks: Check[]): Verdict {
  return { outcome: 'failed', ruleCount: checks.length, checks };
}

const crossed = refusedBy(
  check('rule.low_not_above_high'),
  check('rule.volume_above_zero', { severity: 'warning' }),
);
const judged = { contentSha256: 'content', contractVersion: '1.0.0', contractSha256: 'contract' };
const acceptance: Acceptance = { ...judged, rules: ['rule.low_not_above_high'], livesUntil: '2026-11-30' };

describe('an acceptance', () => {
  it('names the rules that refused, and no warnings', () => {
    expect(refusingRules(crossed)).toEqual(acceptance.rules);
  });

  it.each([
    ['on its last day', '2026-11-30', acceptance],
    ['for good', '2126-11-30', { ...acceptance, livesUntil: null }],
  ])('covers just what was seen, %s', (_when, today, given) => {
    expect(whyNotCovered(given, judged, crossed, today)).toBeUndefined();
  });

  it.each([
    ['the day after its last', '2026-12-01', judged, crossed, 'it held until 2026-11-30'],
    [
      'another contract of the same version',
      '2026-11-20',
      { ...judged, contractSha256: 'x' },
      crossed,
      'is another now',
    ],
    ['other content', '2026-11-20', { ...judged, contentSha256: 'x' }, crossed, 'says something else'],
    [
      'one more broken rule',
      '2026-11-20',
      judged,
      refusedBy(check('rule.low_not_above_high'), check('close.minimum')),
      'now rule.low_not_above_high, close.minimum refuse it',
    ],
    [
      'another broken rule',
      '2026-11-20',
      judged,
      refusedBy(check('close.minimum')),
      'now close.minimum refuse it',
    ],
  ])('does not cover %s', (_what, today, other, verdict, why) => {
    expect(whyNotCovered(acceptance, other, verdict, today)).toContain(why);
  });
});

describe('a person can accept', () => {
  it.each(['rule.low_not_above_high', 'close.exclusiveMinimum', 'volume.minimum'])(
    'a value that %s calls wrong',
    (rule) => {
      expect(whyNotAcceptable(refusedBy(check(rule)), bars)).toBeUndefined();
    },
  );
});

describe('nobody can accept', () => {
  it.each([
    [check('file.columns'), 'other columns'],
    [check('close.type'), 'other columns'],
    [check('cell.date'), 'another cell'],
    [check('cell.contract_version'), 'another cell'],
    [check('close.required'), 'a value that is not there'],
    [check('primary_key.unique'), 'other rows'],
    [check('rule.one_row'), 'other rows'],
    [
      check('rule.low_not_above_high', { outcome: 'not-evaluated', measured: 'needs low' }),
      'nothing was measured',
    ],
    [check('rule.numbers_finite', { offenders: [{ close: 'inf' }] }), 'no finite number'],
    [check('close.exclusiveMinimum', { offenders: [{ close: 'nan' }] }), 'no finite number'],
  ])('$rule', (broken, why) => {
    expect(whyNotAcceptable(refusedBy(check('volume.minimum'), broken), bars)).toContain(why);
  });

  it('what its audit passed', () => {
    expect(whyNotAcceptable({ outcome: 'passed', ruleCount: 1, checks: [] }, bars)).toContain('passed');
  });
});
