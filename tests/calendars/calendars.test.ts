import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easterSunday } from '../../calendars/easter.ts';
import { calendarByName, calendarNames, fileCalendar } from '../../calendars/index.ts';
import { isWeekend, lastWeekdayOf31, nthWeekday, weekdayOf } from '../../calendars/weekday.ts';
import { addDays, isPartitionDate } from '../../workflows/pure/cell.ts';

const named = ['every-day', 'nyse', 'fx', 'target'] as const;
const anyDate = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1999-01-01', days));

describe('every calendar', () => {
  it('is found by its own name, and `file` is the only other one', () => {
    expect(named.map((name) => calendarByName(name).name)).toEqual([...named]);
    expect([...named, 'file']).toEqual([...calendarNames]);
  });

  it('gives a reason for every closed day and an early close for open days only', () => {
    fc.assert(
      fc.property(anyDate, fc.constantFrom(...named), (date, name) => {
        const day = calendarByName(name).day(date);
        expect(day.isOpen || (day.note ?? '') !== '').toBe(true);
        expect(day.isOpen || day.earlyClose === undefined).toBe(true);
      }),
    );
  });

  it('refuses a text that is no date', () => {
    for (const name of named) expect(() => calendarByName(name).day('2026-13-41')).toThrow(RangeError);
  });

  it('names a time zone that this runtime knows', () => {
    const zones = named.map((name) => calendarByName(name).timeZone);
    expect(() => zones.map((timeZone) => new Intl.DateTimeFormat('en', { timeZone }))).not.toThrow();
  });
});

describe('the small calendars', () => {
  it('every-day is open on Sundays and on Christmas Day', () => {
    expect(calendarByName('every-day').day('2026-11-22')).toEqual({ isOpen: true });
    expect(calendarByName('every-day').day('2026-12-25')).toEqual({ isOpen: true });
  });

  it('fx is closed on weekends and on no other day', () => {
    const fx = calendarByName('fx');
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(fx.day(date).isOpen).toBe(!isWeekend(date));
      }),
    );
    expect(fx.day('2026-12-25').isOpen).toBe(true);
    expect(fx.day('2026-11-21').note).toBe('weekend');
  });

  it('file is open on the days of the file only', () => {
    const calendar = fileCalendar(new Set(['2026-01-03']));
    expect(calendar.day('2026-01-03')).toEqual({ isOpen: true });
    expect(calendar.day('2026-01-05')).toEqual({ isOpen: false, note: 'not in the file' });
  });
});

describe('the rules below the calendars', () => {
  it('Easter falls where the published tables put it, early and late ones included', () => {
    const tables = [
      '1818-03-22',
      '1943-04-25',
      '1999-04-04',
      '2000-04-23',
      '2008-03-23',
      '2011-04-24',
      '2024-03-31',
    ];
    tables.push('2025-04-20', '2026-04-05', '2027-03-28', '2028-04-16', '2038-04-25', '2285-03-22');
    expect(tables.map((date) => easterSunday(Number(date.slice(0, 4))))).toEqual(tables);
  });

  it('Easter is a Sunday between 22 March and 25 April in every year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1583, max: 4099 }), (year) => {
        const easter = easterSunday(year);
        expect(isPartitionDate(easter)).toBe(true);
        expect(weekdayOf(easter)).toBe(0);
        expect(easter.slice(5) >= '03-22' && easter.slice(5) <= '04-25').toBe(true);
      }),
    );
  });

  it('the nth and the last weekday lie where a wall calendar shows them', () => {
    expect(nthWeekday(2026, 11, 4, 4)).toBe('2026-11-26');
    expect(nthWeekday(2026, 6, 1, 1)).toBe('2026-06-01');
    expect(lastWeekdayOf31(2026, 5, 1)).toBe('2026-05-25');
    expect(lastWeekdayOf31(2027, 5, 1)).toBe('2027-05-31');
  });
});
