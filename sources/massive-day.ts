import { DateTime, IANAZone } from 'luxon';
import { utcDateOf, type PartitionDate } from '../workflows/pure/cell.ts';
import { wrongShape } from './read-json.ts';

const newYork = IANAZone.create('America/New_York');
const dayMs = 86_400_000;

/**
 * Names the trading day of a range bar, whose stamp is the START of its day. Stocks, indices and options start
 * at midnight in New York. Currencies and coins are documented with New York days but answered with
 * UTC days, so both are read; midnight in New York falls on the same date in UTC.
 * @throws SourceError `WrongShape` for a stamp that starts no day: its date would be a guess.
 */
export function dayOfBar(symbol: string, stampMs: number, what: string, body: Uint8Array): PartitionDate {
  const isAroundTheClock = /^[CX]:/.test(symbol);
  if (isAroundTheClock && stampMs % dayMs === 0) return utcDateOf(stampMs);
  const start = DateTime.fromMillis(stampMs, { zone: newYork, locale: 'en-US' });
  if (start.hour === 0 && start.minute === 0 && start.second === 0 && start.millisecond === 0) {
    return start.toFormat('yyyy-MM-dd');
  }
  const expected = isAroundTheClock ? 'in UTC or New York' : 'in New York';
  throw wrongShape(
    what,
    `the bar stamped ${new Date(stampMs).toISOString()} does not start at midnight ${expected}`,
    body,
  );
}
