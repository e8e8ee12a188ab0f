import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalAt, lastFinalDate, newestFinalDate, type Finality } from '../../plan/finality.ts';
import { addDays } from '../../workflows/pure/cell.ts';

const newYork: Finality = { time: '01:00', timeZone: 'America/New_York' };
const utc: Finality = { time: '00:45', timeZone: 'UTC' };

describe('a day is final', () => {
  it.each([
    ['2026-01-05', newYork, '2026-01-06T06:00:00.000Z'],
    ['2026-07-06', newYork, '2026-07-07T05:00:00.000Z'],
    // Clocks go forward at 02:00 on 8 March 2026, and back at 02:00 on 1 November.
    ['2026-03-07', newYork, '2026-03-08T06:00:00.000Z'],
    ['2026-03-08', newYork, '2026-03-09T05:00:00.000Z'],
    // That morning 01:00 comes twice; the second is after both.
    ['2026-10-31', newYork, '2026-11-01T06:00:00.000Z'],
    ['2026-10-31', { time: '01:59', timeZone: 'America/New_York' }, '2026-11-01T06:59:00.000Z'],
    ['2026-10-31', { time: '00:59', timeZone: 'America/New_York' }, '2026-11-01T04:59:00.000Z'],
    ['2026-11-01', newYork, '2026-11-02T06:00:00.000Z'],
    ['2026-12-31', utc, '2027-01-01T00:45:00.000Z'],
    ['2026-01-05', { time: '16:30', timeZone: 'Asia/Tokyo' }, '2026-01-06T07:30:00.000Z'],
    ['2026-01-05', { time: '00:30', timeZone: 'Pacific/Auckland' }, '2026-01-05T11:30:00.000Z'],
    ['2026-01-05', { time: '23:00', timeZone: 'Pacific/Honolulu' }, '2026-01-07T09:00:00.000Z'],
    // 02:30 does not exist on 8 March in New York: the hour after it is meant.
    ['2026-03-07', { time: '02:30', timeZone: 'America/New_York' }, '2026-03-08T07:30:00.000Z'],
  ] as const)('%s by %j at %s', (date, finality, instant) => {
    expect(finalAt(date, finality).toISOString()).toBe(instant);
  });

  it('to the second: one before, the last final day is the day before', () => {
    expect(lastFinalDate(new Date('2026-03-09T05:00:00Z'), newYork)).toBe('2026-03-08');
    expect(lastFinalDate(new Date('2026-03-09T04:59:59Z'), newYork)).toBe('2026-03-07');
    expect(lastFinalDate(new Date('2026-11-02T05:59:59Z'), newYork)).toBe('2026-10-31');
  });

  it('in no zone that is not there', () => {
    expect(() => finalAt('2026-01-05', { time: '01:00', timeZone: 'Mars/Olympus' })).toThrow(RangeError);
  });
});

describe('the last final date', () => {
  const finalities = fc.record({
    time: fc.constantFrom('00:00', '00:45', '02:30', '12:00', '23:59'),
    timeZone: fc.constantFrom(
      'UTC',
      'America/New_York',
      'Asia/Tokyo',
      'Pacific/Auckland',
      'Pacific/Honolulu',
      'Pacific/Kiritimati',
    ),
  });
  const instants = fc
    .integer({ min: Date.parse('2024-01-01'), max: Date.parse('2029-01-01') })
    .map((ms) => new Date(ms));

  it('is final, and the day after it is not, in every zone at every moment', () => {
    fc.assert(
      fc.property(instants, finalities, (now, finality) => {
        const last = lastFinalDate(now, finality);
        expect(finalAt(last, finality) <= now).toBe(true);
        expect(finalAt(addDays(last, 1), finality) > now).toBe(true);
      }),
    );
  });

  it('of several sources is that of the one that is furthest', () => {
    const now = new Date('2026-01-06T03:00:00Z');
    expect([lastFinalDate(now, newYork), lastFinalDate(now, utc)]).toEqual(['2026-01-04', '2026-01-05']);
    expect(newestFinalDate(now, [newYork, utc])).toBe('2026-01-05');
    expect(newestFinalDate(now, [])).toBe('2026-01-05');
  });
});
