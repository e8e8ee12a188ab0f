import type { PartitionDate } from '../../workflows/pure/cell.ts';

/** What a list of holidays has wrong. */
export interface HolidayCorrections {
  /** Days that were none, since the holiday was moved. */
  readonly moved: readonly PartitionDate[];
  /** Days that are missing, with names. */
  readonly added: ReadonlyMap<PartitionDate, string>;
}

/**
 * The bank holidays of England that were proclaimed for one year and that date-holidays 3.37.0 lacks: two for
 * the end of the war and the millennium, the others for two jubilees and a wedding.
 */
export const correctionsOfUk: HolidayCorrections = {
  moved: ['1995-05-01', '2002-05-27', '2012-05-28'],
  added: new Map([
    ['1995-05-08', 'Early May bank holiday (VE day)'],
    ['1999-12-31', 'Millennium bank holiday'],
    ['2002-06-03', "Queen's Golden Jubilee"],
    ['2002-06-04', 'Spring bank holiday'],
    ['2011-04-29', 'Royal Wedding bank holiday'],
    ['2012-06-04', 'Spring bank holiday'],
  ]),
};
