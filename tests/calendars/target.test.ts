import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CalendarError, calendarByName } from '../../calendars/index.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';

const target = calendarByName('target');

/** The closing days on weekdays, as the ECB announced them. */
const published: Readonly<Record<number, string>> = {
  1999: '01-01 12-31',
  2000: '04-21 04-24 05-01 12-25 12-26',
  2001: '01-01 04-13 04-16 05-01 12-25 12-26 12-31',
  2002: '01-01 03-29 04-01 05-01 12-25 12-26',
  2024: '01-01 03-29 04-01 05-01 12-25 12-26',
  2025: '01-01 04-18 04-21 05-01 12-25 12-26',
  2026: '01-01 04-03 04-06 05-01 12-25',
  2027: '01-01 03-26 03-29',
};

describe('the TARGET calendar', () => {
  it.each(Object.entries(published))('closes in %s on the published days only', (year, dates) => {
    const closed = datesBetween(`${year}-01-01`, `${year}-12-31`).filter(
      (date) => !target.day(date).isOpen && target.day(date).note !== 'weekend',
    );
    expect(closed.map((date) => date.slice(5)).join(' ')).toBe(dates);
  });

  it('was open on Good Friday and Easter Monday of 1999', () => {
    expect(target.day('1999-04-02').isOpen).toBe(true);
    expect(target.day('1999-04-05').isOpen).toBe(true);
  });

  it('says why it is closed', () => {
    expect(target.day('2026-04-06')).toEqual({ isOpen: false, note: 'Easter Monday' });
    expect(target.day('2001-12-31')).toEqual({ isOpen: false, note: 'introduction of euro cash' });
    expect(target.day('2026-12-26')).toEqual({ isOpen: false, note: 'weekend' });
  });

  it('refuses a day before TARGET began', () => {
    expect(() => target.day('1998-12-31')).toThrow(CalendarError);
  });
});

const ratesFile = '../shared/prices/eurofxref-hist.csv';

describe.skipIf(!existsSync(ratesFile))('TARGET and the ECB rates (skipped: ../shared is absent)', () => {
  it('agree on every day from 1999 to the end of the file', () => {
    const fixed = readFileSync(ratesFile, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.slice(0, 10))
      .filter((date) => date !== '');
    const fixings = new Set(fixed);
    const newest = fixed[0] ?? '';
    const differing = datesBetween('1999-01-01', newest).filter(
      (date) => target.day(date).isOpen !== fixings.has(date),
    );
    expect(newest).toBe('2026-10-30');
    expect(differing).toEqual([]);
  });
});
