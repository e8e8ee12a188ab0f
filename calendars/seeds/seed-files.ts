import { datesBetween, type PartitionDate } from '../../workflows/pure/cell.ts';
import { nyse } from '../nyse.ts';
import { target } from '../target.ts';
import { isWeekend, yearOf } from '../weekday.ts';
import { nationalHolidays } from './national-holidays.ts';
import { seedYears } from './seed-years.ts';

type Row = readonly string[];

/** TARGET began with 1999; its calendar refuses the days before. */
const targetSince: PartitionDate = '1999-01-01';

/** Makes the seeds of the warehouse's calendar: the text of each CSV file by its name, always the same. */
export function seedFiles(): Map<string, string> {
  const dates = datesBetween(seedYears.first, seedYears.last);
  return new Map([
    ['holidays.csv', csv(['area', 'calendar_date', 'name'], holidayRows(dates))],
    ['nyse_days.csv', csv(['calendar_date', 'is_open', 'early_close', 'note'], nyseRows(dates))],
    ['calendar_spans.csv', csv(['calendar', 'first_date', 'last_date'], spanRows())],
  ]);
}

/** The EU's are the days from Monday to Friday on which TARGET is closed: its open days are the others. */
function holidayRows(dates: readonly PartitionDate[]): Row[] {
  const [firstYear, lastYear] = [yearOf(seedYears.first), yearOf(seedYears.last)];
  const us = nationalHolidays('us', firstYear, lastYear);
  const uk = nationalHolidays('uk', firstYear, lastYear);
  const eu = (date: PartitionDate): string | undefined =>
    date < targetSince || isWeekend(date) ? undefined : target.day(date).note;
  const rowsOf = (area: string, nameOf: (date: PartitionDate) => string | undefined): Row[] =>
    dates.flatMap((date) => {
      const name = nameOf(date);
      return name === undefined ? [] : [[area, date, name]];
    });
  return [
    ...rowsOf('eu', eu),
    ...rowsOf('uk', (date) => uk.get(date)),
    ...rowsOf('us', (date) => us.get(date)),
  ];
}

/** The weekdays that are no full session. */
function nyseRows(dates: readonly PartitionDate[]): Row[] {
  return dates.flatMap((date) => {
    const { isOpen, earlyClose, note } = nyse.day(date);
    if (isWeekend(date) || (isOpen && earlyClose === undefined)) return [];
    return [[date, String(isOpen), earlyClose ?? '', note ?? '']];
  });
}

/** From when to when a calendar is known; outside, the warehouse says neither open nor closed. */
function spanRows(): Row[] {
  return [
    [nyse.name, seedYears.first, seedYears.last],
    [target.name, targetSince, seedYears.last],
  ];
}

function csv(header: Row, rows: readonly Row[]): string {
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}

function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
