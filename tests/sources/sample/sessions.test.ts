import { describe, expect, it } from 'vitest';
import { newYorkDateOf, newYorkHourMs } from '../../../sources/sample/new-york.ts';
import { isTradingDay, stockHolidays } from '../../../sources/sample/sessions.ts';

/** The exchange's own published lists. */
const published: Readonly<Record<number, string>> = {
  2018: '01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25',
  2020: '01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25',
  2021: '01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24',
  2022: '01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26',
  2023: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25',
  2025: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
  2026: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
  2027: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
  2028: '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25',
};

describe('the sessions of the sample market', () => {
  it.each(Object.entries(published))('shut New York in %s on the published days', (year, days) => {
    expect(stockHolidays(Number(year)).map((date) => date.slice(5))).toEqual(days.split(' '));
  });

  it('keep the last weekday of a year open where New Year falls on a Saturday', () => {
    expect(isTradingDay('stock', '2021-12-31')).toBe(true);
    expect(isTradingDay('stock', '2027-12-31')).toBe(true);
  });

  it('keep Good Friday shut for every year up to 2035', () => {
    const goodFridays = [
      '2015-04-03',
      '2016-03-25',
      '2017-04-14',
      '2019-04-19',
      '2024-03-29',
      '2029-03-30',
      '2030-04-19',
      '2031-04-11',
      '2032-03-26',
      '2033-04-15',
      '2034-04-07',
      '2035-03-23',
    ];
    expect(goodFridays.filter((date) => isTradingDay('stock', date))).toEqual([]);
  });

  it('trade currencies Monday to Friday and coins every day', () => {
    const week = ['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-27', '2026-12-28'];
    expect(week.map((date) => isTradingDay('fx', date))).toEqual([true, true, false, false, true]);
    expect(week.map((date) => isTradingDay('crypto', date))).toEqual([true, true, true, true, true]);
  });
});

describe('New York time', () => {
  it('begins a day at 05:00 UTC in winter and at 04:00 in summer, on both sides of both changes', () => {
    const midnight = (date: string): string => new Date(newYorkHourMs(date, 0)).toISOString();
    expect(midnight('2026-03-08')).toBe('2026-03-08T05:00:00.000Z');
    expect(midnight('2026-03-09')).toBe('2026-03-09T04:00:00.000Z');
    expect(midnight('2026-11-01')).toBe('2026-11-01T04:00:00.000Z');
    expect(midnight('2026-11-02')).toBe('2026-11-02T05:00:00.000Z');
  });

  it('is what the platform itself knows, every day at 0:00 and 16:00 from 2015 to 2035', () => {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    });
    const wrong: string[] = [];
    for (let ms = Date.UTC(2015, 0, 1); ms < Date.UTC(2036, 0, 1); ms += 86_400_000) {
      const date = new Date(ms).toISOString().slice(0, 10);
      for (const hour of [0, 16]) {
        const expected = `${date}, ${String(hour).padStart(2, '0')}:00:00`;
        if (format.format(newYorkHourMs(date, hour)) !== expected) wrong.push(expected);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('turns its date at its own midnight', () => {
    expect(newYorkDateOf(Date.parse('2026-11-20T04:59:59Z'))).toBe('2026-11-19');
    expect(newYorkDateOf(Date.parse('2026-11-20T05:00:00Z'))).toBe('2026-11-20');
    expect(newYorkDateOf(Date.parse('2026-07-20T03:59:59Z'))).toBe('2026-07-19');
    expect(newYorkDateOf(Date.parse('2026-07-20T04:00:00Z'))).toBe('2026-07-20');
  });
});
