import { parse } from 'csv-parse/sync';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nationalHolidays, withCorrections } from '../../calendars/seeds/national-holidays.ts';
import { seedFiles } from '../../calendars/seeds/seed-files.ts';
import { seedYears } from '../../calendars/seeds/seed-years.ts';
import { correctionsOfUk } from '../../calendars/seeds/uk-corrections.ts';

const folder = join(import.meta.dirname, '../../sql/seeds');
const files = seedFiles();
const rowsOf = (name: string): Record<string, string>[] =>
  z.array(z.record(z.string(), z.string())).parse(parse(files.get(name) ?? '', { columns: true }));

describe('the seeds in sql/seeds', () => {
  it.each([...files.keys()])('%s is what `npm run seeds` writes', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(files.get(name));
  });

  it('are all written by the script, but for the limits that people chose', () => {
    expect(readdirSync(folder).sort()).toEqual(['coin_categories.csv', ...files.keys()].sort());
  });

  it('stand in order, each day once an area, within their years', () => {
    const keys = rowsOf('holidays.csv').map(({ area, calendar_date }) => `${area} ${calendar_date}`);
    const days = rowsOf('nyse_days.csv').map(({ calendar_date }) => calendar_date ?? '');
    for (const list of [keys, days]) expect(list).toEqual([...new Set(list)].sort());
    const dates = [...days, ...keys.map((key) => key.slice(3))].sort();
    expect([dates[0]! >= seedYears.first, dates.at(-1)! <= seedYears.last]).toEqual([true, true]);
  });
});

/** Month and day of an area's holidays in a year, as they were published. */
const published = {
  // 5 U.S.C. 6103, with the days that the federal government kept in place of a weekend.
  us: {
    1990: '01-01 01-15 02-19 05-28 07-04 09-03 10-08 11-11 11-12 11-22 12-25',
    2021: '01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31',
    2026: '01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25',
  },
  // The bank holidays of England, and the weekend days that they stand for.
  uk: {
    1995: '01-01 01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26',
    1999: '01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28 12-31',
    2002: '01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26',
    2011: '01-01 01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-25 12-26 12-27',
    2012: '01-01 01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26',
    2020: '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-26 12-28',
    2022: '01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27',
    2023: '01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26',
  },
  // The closing days of TARGET, without weekends.
  eu: {
    1998: '',
    1999: '01-01 12-31',
    2000: '04-21 04-24 05-01 12-25 12-26',
    2001: '01-01 04-13 04-16 05-01 12-25 12-26 12-31',
    2026: '01-01 04-03 04-06 05-01 12-25',
  },
};

describe('the holidays', () => {
  const rows = rowsOf('holidays.csv');
  const cases = Object.entries(published).flatMap(([area, years]) =>
    Object.entries(years).map(([year, days]) => [area, year, days] as const),
  );

  it.each(cases)('of %s in %s are the published ones', (area, year, days) => {
    const found = rows.filter((row) => row['area'] === area && row['calendar_date']?.startsWith(year));
    expect(found.map((row) => row['calendar_date']?.slice(5)).join(' ')).toBe(days);
  });

  it('have the names that people there use', () => {
    const name = (area: string, date: string): string | undefined =>
      rows.find((row) => row['area'] === area && row['calendar_date'] === date)?.['name'];
    expect(name('us', '2026-09-07')).toBe('Labor Day');
    expect(name('us', '2021-12-31')).toBe("New Year's Day (substitute day)");
    expect(name('uk', '2002-06-03')).toBe("Queen's Golden Jubilee");
    expect(name('eu', '2025-12-26')).toBe('26 December');
  });

  it('are ten or more a year in the USA, eight or more in England, three in the EU since 2000', () => {
    const most = { us: 10, uk: 8, eu: 3 };
    const years = Array.from({ length: 36 }, (_, index) => String(2000 + index));
    const few = Object.entries(most).flatMap(([area, least]) =>
      years.filter(
        (year) =>
          rows.filter((row) => row['area'] === area && row['calendar_date']?.startsWith(year)).length < least,
      ),
    );
    expect(few).toEqual([]);
  });
});

describe('a correction of the library', () => {
  it('is refused once the library is right itself', () => {
    const right = nationalHolidays('uk', 1990, 2035);
    expect(() => withCorrections(right, correctionsOfUk)).toThrow(/2012-05-28.*uk-corrections/);
  });
});

describe('the days of the exchange', () => {
  it('are weekdays, closed or shortened, each with its reason', () => {
    const wrong = rowsOf('nyse_days.csv').filter(({ calendar_date, is_open, early_close, note }) => {
      const weekday = new Date(`${calendar_date}T00:00:00Z`).getUTCDay();
      const isShort = is_open === 'true' && /^1[3-5]:\d\d$/.test(early_close ?? '');
      return (
        weekday === 0 || weekday === 6 || !note || !(isShort || (is_open === 'false' && early_close === ''))
      );
    });
    expect(wrong).toEqual([]);
  });
});
