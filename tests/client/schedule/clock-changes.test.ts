import { describe, expect, it } from 'vitest';
import { calendarByName } from '../../../calendars/index.ts';
import { clockWarning, oddDays } from '../../../client/schedule/clock-changes.ts';
import { tickDays } from '../../../client/schedule/tick-days.ts';
import { checkSchedule } from '../../../client/doctor/check-schedule.ts';
import { loadSettings } from '../../../settings.ts';
import { coin, currency, stock } from '../../plan/support.ts';

const now = new Date('2026-11-20T12:00:00Z');
const newYork = 'America/New_York';

describe('a time of day', () => {
  it('that clocks skip or repeat is found, on the very days', () => {
    expect(oddDays('02:30', newYork, now)).toEqual([{ date: '2027-03-14', times: 0 }]);
    expect(oddDays('01:30', newYork, now)).toEqual([{ date: '2027-11-07', times: 2 }]);
    expect(oddDays('00:30', 'America/Havana', now)).toEqual([
      { date: '2027-03-14', times: 0 },
      { date: '2027-11-07', times: 2 },
    ]);
    expect(oddDays('02:15', 'Australia/Lord_Howe', now).map(({ times }) => times)).toEqual([0]);
    expect(oddDays('02:00', newYork, now)).toEqual([{ date: '2027-03-14', times: 0 }]);
  });

  it('that comes once on every day is left alone, the default among them', () => {
    for (const time of ['00:59', '03:00', '03:30', '23:59']) expect(oddDays(time, newYork, now)).toEqual([]);
    expect(oddDays('02:30', 'UTC', now)).toEqual([]);
    const settings = loadSettings({});
    expect(clockWarning(settings.schedule, now)).toBeUndefined();
    expect(checkSchedule(settings, now)).toMatchObject({ check: 'schedule', verdict: 'ok' });
  });

  it('is warned of with the days, and doctor says so without calling it wrong', () => {
    const schedule = { time: '02:30', timeZone: newYork, days: 'every-day' } as const;
    const finding = checkSchedule({ schedule }, now);
    expect(finding.verdict).toBe('warn');
    expect(finding.found).toMatch(/^02:30 America\/New_York does not come on 2027-03-14, .* schedule\.time/);
  });
});

describe('ticks on trading days', () => {
  const at = { time: '03:30', timeZone: newYork };
  const midweek = ['TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

  it('come on the days after a session may have been, and of a coin every day', () => {
    expect(tickDays([stock('AAPL'), currency('EURUSD')], at, now)).toEqual(midweek);
    expect(tickDays([stock('AAPL'), coin('BTC')], at, now)).toHaveLength(7);
  });

  it('follow the hour at which a day is final, and the schedule’s own zone', () => {
    expect(tickDays([stock('AAPL')], { time: '00:30', timeZone: newYork }, now)).toEqual([
      ...['SUNDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'],
    ]);
    expect(tickDays([stock('AAPL')], { time: '18:00', timeZone: 'Asia/Tokyo' }, now)).toEqual(midweek);
    expect(tickDays([stock('AAPL')], { time: '08:00', timeZone: 'Asia/Tokyo' }, now)).toEqual([
      ...['SUNDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'],
    ]);
  });

  it('are every day for days that only a file knows', () => {
    const file = { ...calendarByName('nyse'), name: 'file' };
    expect(tickDays([stock('X', { calendar: file })], at, now)).toHaveLength(7);
  });
});
