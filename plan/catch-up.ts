import { addDays, daysBetween, type PartitionDate } from '../workflows/pure/cell.ts';
import { lookBackDays } from './due-cells.ts';

/**
 * Names the daily run that brings in a day: its own where it is the newest final day, and for a day that is late, as
 * after an outage, the run whose week it lies in, counted back from the newest. So the missed days are caught up once
 * each, by one run a week, however many ticks are made up for at once.
 */
export function runDayOf(due: PartitionDate, newest: PartitionDate): PartitionDate {
  const late = daysBetween(due, newest);
  return late <= 0 ? due : addDays(newest, -lookBackDays * Math.floor(late / lookBackDays));
}
