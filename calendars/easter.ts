import type { PartitionDate } from '../workflows/pure/cell.ts';
import { dateOf } from './weekday.ts';

/**
 * Easter Sunday in the Gregorian calendar. The rule is the one that Meeus, Astronomical Algorithms
 * (chapter 8), gives for every Gregorian year; the names are those of the church's tables.
 */
export function easterSunday(year: number): PartitionDate {
  const goldenNumber = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const moonCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * goldenNumber + century - Math.floor(century / 4) - moonCorrection + 15) % 30;
  const leapDays = 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - (yearOfCentury % 4);
  const toSunday = (32 + leapDays - epact) % 7;
  const lateMoon = Math.floor((goldenNumber + 11 * epact + 22 * toSunday) / 451);
  const sinceMarch = epact + toSunday - 7 * lateMoon + 114;
  return dateOf(year, Math.floor(sinceMarch / 31), (sinceMarch % 31) + 1);
}
