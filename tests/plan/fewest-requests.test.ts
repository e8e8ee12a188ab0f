import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewestRequests } from '../../plan/fewest-requests.ts';

type Wanted = ReadonlyMap<string, ReadonlySet<string>>;

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const everything = (rows: readonly string[], columns: readonly string[]): Wanted =>
  new Map(rows.map((row) => [row, new Set(columns)]));

const graphs: fc.Arbitrary<Wanted> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { maxLength: 20 })
  .map((pairs) => {
    const wanted = new Map<string, Set<string>>();
    for (const [row, column] of pairs)
      wanted.set(`r${row}`, (wanted.get(`r${row}`) ?? new Set()).add(`c${column}`));
    return wanted;
  });

function covers(wanted: Wanted, rows: ReadonlySet<string>, columns: ReadonlySet<string>): boolean {
  return [...wanted].every(([row, own]) => rows.has(row) || [...own].every((column) => columns.has(column)));
}

/** The fewest rows and columns by trying all sets of rows: every column that is left over must be taken. */
function fewestByTrying(wanted: Wanted): number {
  const rows = [...wanted.keys()];
  const counts = Array.from({ length: 2 ** rows.length }, (_, mask) => {
    const taken = new Set(rows.filter((_row, index) => mask & (1 << index)));
    const left = rows.filter((row) => !taken.has(row)).flatMap((row) => [...(wanted.get(row) ?? [])]);
    return taken.size + new Set(left).size;
  });
  return Math.min(...counts);
}

describe('the fewest requests', () => {
  it('cover every wanted pair, and no smaller number does', () => {
    fc.assert(
      fc.property(graphs, (wanted) => {
        const { rows, columns } = fewestRequests(wanted);
        expect(covers(wanted, rows, columns)).toBe(true);
        expect(rows.size + columns.size).toBe(fewestByTrying(wanted));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['90 dates of one ticker: one range', 1, 90, 1, 0],
    ['one date of four tickers: one whole day', 4, 1, 0, 1],
    ['one date of one ticker: a range', 1, 1, 1, 0],
    ['as many dates as tickers: ranges', 4, 4, 4, 0],
    ['more tickers than dates: whole days', 500, 5, 0, 5],
    ['nothing: nothing', 0, 0, 0, 0],
  ])('of %s', (_title, tickers, dates, ranges, days) => {
    const { rows, columns } = fewestRequests(everything(names('t', tickers), names('d', dates)));
    expect([rows.size, columns.size]).toEqual([ranges, days]);
  });

  it('mix both: a ticker without history and a new day for all', () => {
    const dates = names('d', 90);
    const wanted = new Map([
      ['new', new Set(dates)],
      ...names('t', 20).map((ticker) => [ticker, new Set(['d89'])] as const),
    ]);
    const { rows, columns } = fewestRequests(wanted);
    expect([[...rows], [...columns]]).toEqual([['new'], ['d89']]);
  });

  it('of 5,000 tickers on 1,260 dates need no deeper a stack than there is', () => {
    const dates = names('d', 1_260);
    // Every ticker lacks a date of its own, so that placing one moves many.
    const wanted = new Map(
      names('t', 5_000).map((ticker, index) => [
        ticker,
        new Set([dates[index % 1_260] ?? '', dates[(index + 1) % 1_260] ?? '']),
      ]),
    );
    const { rows, columns } = fewestRequests(wanted);
    expect([rows.size, columns.size]).toEqual([0, 1_260]);
  });
});
