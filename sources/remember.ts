import type { Ask, Resource, SourceRow } from './source.ts';

/** The rows of one page by what tells its cells apart: the date, or the ticker of a grouped day. */
export type RowIndex = ReadonlyMap<string, readonly SourceRow[]>;

/**
 * Wraps a reader so that a page's bytes are parsed once, not once a cell: a grouped day holds twelve thousand
 * tickers. Keyed by the bytes' identity and the ask; forgotten with the bytes, which must not change.
 */
export function rememberPages<T>(read: (body: Uint8Array, ask: Ask) => T): (body: Uint8Array, ask: Ask) => T {
  const known = new WeakMap<Uint8Array, { readonly askKey: string; readonly value: T }>();
  return (body, ask) => {
    const askKey = JSON.stringify(ask);
    const found = known.get(body);
    if (found?.askKey === askKey) return found.value;
    const value = read(body, ask);
    known.set(body, { askKey, value });
    return value;
  };
}

/** Gathers rows under their keys, in the order of the answer; a day that comes twice keeps both rows. */
export function indexRows<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  rowOf: (item: T) => SourceRow,
): RowIndex {
  const index = new Map<string, SourceRow[]>();
  for (const item of items) {
    const key = keyOf(item);
    const rows = index.get(key);
    if (rows === undefined) index.set(key, [rowOf(item)]);
    else rows.push(rowOf(item));
  }
  return index;
}

/** Reads pages whose rows are indexed by day, of one symbol's range: how many there are, and those of a cell. */
export function readByDay(
  indexOf: (body: Uint8Array, ask: Ask) => RowIndex,
): Pick<Resource, 'readPage' | 'rowsOfCell'> {
  return {
    readPage: ({ body }, ask) => ({ rowCount: countRows(indexOf(body, ask)) }),
    rowsOfCell: (pages, ask, cell) =>
      ask.kind === 'range' && ask.symbol === cell.symbol
        ? pages.flatMap(({ body }) => indexOf(body, ask).get(cell.date) ?? [])
        : [],
  };
}

function countRows(index: RowIndex): number {
  return [...index.values()].reduce((count, rows) => count + rows.length, 0);
}
