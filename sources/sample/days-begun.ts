import { type PartitionDate, addDays, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { firstDay } from './price-book.ts';

/** Lists the days whose first instant lies between two instants, both included. */
export function daysBegunIn(fromMs: number, toMs: number): PartitionDate[] {
  const dates: PartitionDate[] = [];
  const earliest = utcDateOf(Math.max(fromMs, midnightUtcMs(firstDay)));
  for (let date = earliest; midnightUtcMs(date) <= toMs; date = addDays(date, 1)) {
    if (midnightUtcMs(date) >= fromMs) dates.push(date);
  }
  return dates;
}
