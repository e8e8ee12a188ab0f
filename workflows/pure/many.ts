import type { CellKey } from './cell.ts';
import { lotMark } from './ids.ts';
import type { LotCells } from './lot.ts';
import type { MonthCells } from './month.ts';

/** Cells of one batch that are done together: those of one ticker's month, or a lot of a snapshot's members. */
export type ManyCells = MonthCells | LotCells;

/** What all of them share. */
export type ManyKey = Omit<MonthCells, 'dates'> | Omit<LotCells, 'members'>;

/** What tells one of them from the others: its date in a month, its ticker in a lot. */
export type OwnKey = string;

/** One of them. */
export interface OneOfMany {
  readonly own: OwnKey;
  readonly symbol: string;
}

/** Takes apart what is shared and what is each one's own. */
export function apart(many: ManyCells): { readonly key: ManyKey; readonly ones: readonly OneOfMany[] } {
  if ('members' in many) {
    const { members, ...key } = many;
    return { key, ones: members.map(({ ticker, symbol }) => ({ own: ticker, symbol })) };
  }
  const { dates, ...key } = many;
  return { key, ones: dates.map((date) => ({ own: date, symbol: key.symbol })) };
}

/** The cell of one of them. */
export function cellOfMany(key: ManyKey, own: OwnKey): CellKey {
  const { dataset } = key;
  return 'number' in key
    ? { dataset, ticker: own, date: key.date }
    : { dataset, ticker: key.ticker, date: own };
}

/** Names in a candidate's file, beside its cell, the workflow that writes it (`togetherId` reads it back). */
export function markOf(key: ManyKey): string {
  return 'number' in key ? lotMark(key.batch.id, key.number) : key.batch.id;
}
