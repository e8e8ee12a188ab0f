import Holidays from 'date-holidays';
import type { PartitionDate } from '../../workflows/pure/cell.ts';
import { correctionsOfUk, type HolidayCorrections } from './uk-corrections.ts';

/** The countries whose holidays come from the library. */
export type HolidayArea = 'us' | 'uk';

/** `bank` are the days on which offices close though the holiday itself fell on a weekend. */
const daysOff: ReadonlySet<string> = new Set(['public', 'bank']);

/**
 * Lists the federal holidays of the USA or the bank holidays of England between two years, with names, days kept
 * in place of a weekend included.
 */
export function nationalHolidays(
  area: HolidayArea,
  firstYear: number,
  lastYear: number,
): Map<PartitionDate, string> {
  const library = area === 'us' ? new Holidays('US') : new Holidays('GB', 'ENG');
  library.setLanguages(['en-us', 'en']);
  const names = new Map<PartitionDate, string>();
  for (let year = firstYear; year <= lastYear; year++) {
    for (const { date, name, type } of library.getHolidays(year)) {
      if (daysOff.has(type)) addName(names, date.slice(0, 10), name.replaceAll('’', "'"));
    }
  }
  return area === 'uk' ? withCorrections(names, correctionsOfUk) : names;
}

/** Two holidays of one day share its row. */
function addName(names: Map<PartitionDate, string>, date: PartitionDate, name: string): void {
  const known = names.get(date);
  names.set(date, known === undefined || known === name ? name : `${known}; ${name}`);
}

/**
 * Puts right what a list of holidays has wrong.
 * @throws RangeError where it is not wrong (any more): the correction has to go.
 */
export function withCorrections(
  names: ReadonlyMap<PartitionDate, string>,
  { moved, added }: HolidayCorrections,
): Map<PartitionDate, string> {
  const idle = [
    ...moved.filter((date) => !names.has(date)),
    ...[...added.keys()].filter((date) => names.has(date)),
  ];
  if (idle.length > 0) {
    throw new RangeError(
      `Corrected the holidays of the library, but it is right about ${idle.join(', ')} by now. Take them out of calendars/seeds/uk-corrections.ts.`,
    );
  }
  return new Map([...[...names].filter(([date]) => !moved.includes(date)), ...added]);
}
