import { describe, expect, it } from 'vitest';
import { retryAfterMsOf } from '../../sources/retry-after.ts';

const date = 'Thu, 19 Nov 2026 10:00:00 GMT';

describe('Retry-After', () => {
  it.each([
    ['0', null, 0],
    ['119', null, 119_000],
    [' 1.5 ', null, 1500],
    ['Thu, 19 Nov 2026 10:00:30 GMT', date, 30_000],
    ['Thu, 19 Nov 2026 09:00:00 GMT', date, 0],
    ['Thu, 19 Nov 2026 10:00:30 GMT', null, undefined],
    ['soon', date, undefined],
    ['-5', date, undefined],
    ['1e9', date, undefined],
    ['99999999999', date, undefined],
    ['', date, undefined],
    [null, date, undefined],
  ])('%j with Date %j means %j ms', (header, dateHeader, expected) => {
    expect(retryAfterMsOf(header, dateHeader)).toBe(expected);
  });
});
