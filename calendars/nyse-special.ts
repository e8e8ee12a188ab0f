import type { PartitionDate } from '../workflows/pure/cell.ts';

/** Days on which the exchange stayed shut though no rule says so, since 1990. Add a new one here. */
export const specialClosures: ReadonlyMap<PartitionDate, string> = new Map([
  ['1994-04-27', 'national day of mourning: Richard Nixon'],
  ['2001-09-11', 'attacks of 11 September'],
  ['2001-09-12', 'attacks of 11 September'],
  ['2001-09-13', 'attacks of 11 September'],
  ['2001-09-14', 'attacks of 11 September'],
  ['2004-06-11', 'national day of mourning: Ronald Reagan'],
  ['2007-01-02', 'national day of mourning: Gerald Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'national day of mourning: George H. W. Bush'],
  ['2025-01-09', 'national day of mourning: Jimmy Carter'],
]);

/** Sessions that ended early though no rule says so, since 1990: when (New York) and why. */
export const specialEarlyCloses: ReadonlyMap<PartitionDate, readonly [close: string, reason: string]> =
  new Map([
    ['1994-02-11', ['14:30', 'snowstorm']],
    ['1996-01-08', ['14:00', 'snowstorm']],
    ['1997-10-27', ['15:30', 'circuit breaker']],
    ['1997-12-26', ['13:00', 'day after Christmas']],
    ['1999-12-31', ['13:00', 'turn of the millennium']],
    ['2003-12-26', ['13:00', 'day after Christmas']],
    ['2005-06-01', ['15:56', 'systems failure']],
  ]);
