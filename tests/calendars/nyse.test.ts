import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CalendarError, calendarByName } from '../../calendars/index.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';

const nyse = calendarByName('nyse');

/** The full-day holidays as the exchange announced them in December 2021, November 2024 and December 2025. */
const publishedHolidays: Readonly<Record<number, string>> = {
  2022: '01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26',
  2023: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25',
  2024: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25',
  2025: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
  2026: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
  2027: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
  2028: '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25',
};

/** The sessions that end at 13:00, from the footnotes of the same announcements. */
const publishedEarlyCloses: Readonly<Record<number, string>> = {
  2022: '11-25',
  2023: '07-03 11-24',
  2024: '07-03 11-29 12-24',
  2025: '07-03 11-28 12-24',
  2026: '11-27 12-24',
  2027: '11-26',
  2028: '07-03 11-24',
};

const daysOf = (year: number): string[] => datesBetween(`${year}-01-01`, `${year}-12-31`);
const monthsAndDays = (dates: readonly string[]): string => dates.map((date) => date.slice(5)).join(' ');

function closedOnWeekdays(year: number): string {
  return monthsAndDays(
    daysOf(year).filter((date) => !nyse.day(date).isOpen && nyse.day(date).note !== 'weekend'),
  );
}

describe('the NYSE calendar', () => {
  it.each(Object.entries(publishedHolidays))('closes in %s on the published holidays only', (year, dates) => {
    expect(closedOnWeekdays(Number(year))).toBe(dates);
  });

  it.each(Object.entries(publishedEarlyCloses))(
    'closes early in %s on the published days only',
    (year, dates) => {
      const early = daysOf(Number(year)).filter((date) => nyse.day(date).earlyClose === '13:00');
      expect(monthsAndDays(early)).toBe(dates);
    },
  );

  it.each([
    [2021, 252],
    [2022, 251],
    [2023, 250],
    [2024, 252],
    [2025, 250],
  ])('has in %i exactly %i sessions', (year, sessions) => {
    expect(daysOf(year).filter((date) => nyse.day(date).isOpen)).toHaveLength(sessions);
  });

  it.each([
    ['1994-04-27', 'Nixon'],
    ['2001-09-11', '11 September'],
    ['2001-09-14', '11 September'],
    ['2004-06-11', 'Reagan'],
    ['2007-01-02', 'Ford'],
    ['2012-10-29', 'Sandy'],
    ['2012-10-30', 'Sandy'],
    ['2018-12-05', 'Bush'],
    ['2025-01-09', 'Carter'],
  ])('was closed on %s and says why', (date, reason) => {
    const day = nyse.day(date);
    expect(day.isOpen).toBe(false);
    expect(day.note).toContain(reason);
  });

  it('opens again as soon as a special closure is over', () => {
    const open = ['2001-09-10', '2001-09-17', '2004-06-10', '2012-10-26', '2012-10-31', '2025-01-10'];
    expect(open.filter((date) => !nyse.day(date).isOpen)).toEqual([]);
  });

  it('names the holiday, and says where it is kept on another day', () => {
    expect(nyse.day('2026-11-26')).toEqual({ isOpen: false, note: 'Thanksgiving Day' });
    expect(nyse.day('2026-07-03')).toEqual({ isOpen: false, note: 'Independence Day (observed)' });
    expect(nyse.day('2026-11-21')).toEqual({ isOpen: false, note: 'weekend' });
  });

  it('says when a half day ends, in a note and in a field', () => {
    expect(nyse.day('2026-11-27')).toEqual({
      isOpen: true,
      earlyClose: '13:00',
      note: 'early close 13:00 New York (day after Thanksgiving)',
    });
    expect(nyse.day('2026-11-25')).toEqual({ isOpen: true });
  });

  it('stays open on the Friday before a New Year on Saturday, and keeps no other day for it', () => {
    const around = ['1999-12-31', '2000-01-03', '2010-12-31', '2011-01-03', '2021-12-31', '2022-01-03'];
    expect(around.filter((date) => !nyse.day(date).isOpen)).toEqual([]);
  });

  it('has no Martin Luther King day before 1998 and no Juneteenth before 2022', () => {
    expect(nyse.day('1997-01-20').isOpen).toBe(true);
    expect(nyse.day('1998-01-19').isOpen).toBe(false);
    expect(nyse.day('2021-06-18').isOpen).toBe(true);
    expect(nyse.day('2022-06-20').isOpen).toBe(false);
  });

  it('moves the half day of a Thursday 4 July from the 5th to the 3rd in 2013', () => {
    const early = ['1996-07-05', '2002-07-05', '2013-07-03', '2019-07-03'];
    const full = ['1991-07-05', '1996-07-03', '2002-07-03', '2013-07-05', '2019-07-05'];
    expect(early.map((date) => nyse.day(date).earlyClose)).toEqual(early.map(() => '13:00'));
    expect(full.map((date) => nyse.day(date))).toEqual(full.map(() => ({ isOpen: true })));
  });

  it('ended short sessions at 14:00 until 1992', () => {
    expect(nyse.day('1990-12-24').earlyClose).toBe('14:00');
    expect(nyse.day('1992-11-27').earlyClose).toBe('14:00');
    expect(nyse.day('1993-11-26').earlyClose).toBe('13:00');
    expect(nyse.day('1991-11-29').earlyClose).toBeUndefined();
  });

  it('refuses a day older than its lists instead of guessing', () => {
    expect(() => nyse.day('1989-12-29')).toThrow(CalendarError);
    expect(() => nyse.day('1989-12-29')).toThrow(/1990-01-01/);
  });
});

const vixFile = '../shared/prices/vix-daily.csv';

/** Where the published VIX series is wrong about the exchange: four sessions it leaves out, and one row for a day of mourning. */
const errorsOfVix = ['1991-03-01', '1997-01-31', '1997-11-26', '1999-12-31', '2004-06-11'];

describe.skipIf(!existsSync(vixFile))('the NYSE calendar and the VIX (skipped: ../shared is absent)', () => {
  it('agree on every day of 1990 to 2021, but for five known errors of the series', () => {
    // From 2022 on the index is also computed overnight, holidays included.
    const quoted = new Set(
      readFileSync(vixFile, 'utf8')
        .split('\n')
        .map((line) => line.slice(0, 10)),
    );
    const differing = datesBetween('1990-01-01', '2021-12-31').filter(
      (date) => nyse.day(date).isOpen !== quoted.has(date),
    );
    expect(differing).toEqual(errorsOfVix);
  });
});
