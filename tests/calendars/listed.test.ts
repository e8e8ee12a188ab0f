import { expect, it } from 'vitest';
import { calendarByName, listedCalendar } from '../../calendars/index.ts';

const nyse = calendarByName('nyse');

it('an asset that always was listed, and still is, keeps its calendar', () => {
  expect(listedCalendar(nyse, {})).toBe(nyse);
});

it('before its first day and after its last one an asset is closed, and says why', () => {
  const listed = listedCalendar(nyse, {
    listedFrom: '2024-02-27',
    delisted: { on: '2024-02-28', reason: 'merged' },
  });
  const days = ['2024-02-26', '2024-02-27', '2024-02-28', '2024-02-29'].map((date) => listed.day(date));
  expect(days).toEqual([
    { isOpen: false, note: 'not listed before 2024-02-27' },
    nyse.day('2024-02-27'),
    nyse.day('2024-02-28'),
    { isOpen: false, note: 'delisted after 2024-02-28: merged' },
  ]);
  expect(days[1]?.isOpen).toBe(true);
});
