import type { Expectation, RangeOperator, ValueOperator } from './contract.ts';

const comparisons: Readonly<Record<ValueOperator, (measured: number, value: number) => boolean>> = {
  mustBe: (measured, value) => measured === value,
  mustNotBe: (measured, value) => measured !== value,
  mustBeGreaterThan: (measured, value) => measured > value,
  mustBeGreaterOrEqualTo: (measured, value) => measured >= value,
  mustBeLessThan: (measured, value) => measured < value,
  mustBeLessOrEqualTo: (measured, value) => measured <= value,
};

const words: Readonly<Record<ValueOperator | RangeOperator, string>> = {
  mustBe: 'must be',
  mustNotBe: 'must not be',
  mustBeGreaterThan: 'must be greater than',
  mustBeGreaterOrEqualTo: 'must be at least',
  mustBeLessThan: 'must be less than',
  mustBeLessOrEqualTo: 'must be at most',
  mustBeBetween: 'must be between',
  mustNotBeBetween: 'must not be between',
};

/** Tells whether a measured number is what it must be. Null and NaN never are: nothing was measured. */
export function meets(measured: number | null, expectation: Expectation): boolean {
  if (measured === null || Number.isNaN(measured)) return false;
  if ('value' in expectation) return comparisons[expectation.operator](measured, expectation.value);
  const isInside = measured >= expectation.low && measured <= expectation.high;
  return expectation.operator === 'mustBeBetween' ? isInside : !isInside;
}

/** Says an expectation in words, such as `must be at least 1`. */
export function describeExpectation(expectation: Expectation): string {
  const verb = words[expectation.operator];
  return 'value' in expectation
    ? `${verb} ${expectation.value}`
    : `${verb} ${expectation.low} and ${expectation.high}`;
}
