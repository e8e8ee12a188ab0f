import type { CellFilter } from '../../lake/cells-with-records.ts';
import { isPartitionDate } from '../../workflows/pure/cell.ts';
import { WrongUse } from '../command/exit-code.ts';

/** The flags that choose cells of a lake, whether or not they are configured any more. */
export interface FilterFlags {
  readonly dataset?: string;
  readonly tickers?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads which cells are wanted.
 * @throws WrongUse for a date that is none, or a range that ends before it begins.
 */
export function filterOf({ dataset, tickers, from, to }: FilterFlags): CellFilter {
  for (const [name, date] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (date !== undefined && !isPartitionDate(date))
      throw new WrongUse(`${name} ${date}: there is no such day. Write YYYY-MM-DD.`);
  }
  if (from !== undefined && to !== undefined && from > to)
    throw new WrongUse(`--from ${from} lies after --to ${to}. Turn them round.`);
  if (dataset !== undefined && !/^[^.]+\..+$/.test(dataset))
    throw new WrongUse(`--dataset ${dataset}: write source.resource, such as massive.daily_bars.`);
  const list = tickers
    ?.split(',')
    .map((ticker) => ticker.trim())
    .filter(Boolean);
  return {
    ...(dataset === undefined ? {} : { dataset }),
    ...(list === undefined ? {} : { tickers: list }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
