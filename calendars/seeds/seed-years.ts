import type { PartitionDate } from '../../workflows/pure/cell.ts';

/** The whole years for which holidays and sessions are written out, and which the warehouse always has. */
export const seedYears: { readonly first: PartitionDate; readonly last: PartitionDate } = {
  first: '1990-01-01',
  last: '2035-12-31',
};
