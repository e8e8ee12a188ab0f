import type { PartitionDate } from '../../workflows/pure/cell.ts';
import type { Desk } from './desk.ts';
import type { ToldValue } from './tape.ts';

/** What one unit of a base is worth in other currencies on one day, by their codes. */
export type Quotes = Readonly<Record<string, ToldValue>>;

/** Lists the currencies that the market knows, the euro included, in the order of their codes. */
export function currenciesOf({ book }: Desk): string[] {
  const codes = book.list('fx').flatMap(({ code }) => [code.slice(0, 3), code.slice(3)]);
  return [...new Set(codes)].sort();
}

/**
 * Quotes a day's fixing as this API does: against the euro as the ECB has it, against any other base computed and
 * rounded. Undefined where the base has no rate.
 */
export function quotesOn(
  date: PartitionDate,
  base: string,
  symbols: readonly string[],
  desk: Desk,
): Quotes | undefined {
  const ofEuro = (currency: string): ToldValue | undefined => euroRate(date, currency, desk);
  const divisor = ofEuro(base);
  if (divisor === undefined) return undefined;
  const quotes = symbols.flatMap((symbol) => {
    const rate = symbol === base ? undefined : ofEuro(symbol);
    if (rate === undefined) return [];
    return [[symbol, base === 'EUR' ? rate : crossRate(rate, divisor)] as const];
  });
  return Object.fromEntries(quotes);
}

function crossRate(rate: ToldValue, divisor: ToldValue): ToldValue {
  return typeof rate === 'number' && typeof divisor === 'number' ? roundAsSaid(rate / divisor) : rate;
}

/**
 * How many of a currency one euro is worth. Over the dollar where it has a pair with it: the book's pairs walk each
 * by itself, and most of what is quoted elsewhere is quoted in dollars.
 */
function euroRate(date: PartitionDate, currency: string, desk: Desk): ToldValue | undefined {
  if (currency === 'EUR') return 1;
  const dollars = closeOf('EURUSD', date, desk);
  if (currency === 'USD' || typeof dollars !== 'number') return dollars;
  const perDollar = closeOf(`USD${currency}`, date, desk);
  const inDollars = closeOf(`${currency}USD`, date, desk);
  if (typeof perDollar === 'number') return Number((dollars * perDollar).toPrecision(5));
  if (typeof inDollars === 'number') return Number((dollars / inDollars).toPrecision(5));
  return perDollar ?? inDollars;
}

function closeOf(code: string, date: PartitionDate, desk: Desk): ToldValue | undefined {
  const pair = desk.book.findCode('fx', code);
  return pair && desk.tape.barsOf(pair, [date])[0]?.close;
}

/** The larger a rate, the fewer decimals it is given. */
function roundAsSaid(rate: number): number {
  const steps = [
    [5000, 0],
    [80, 2],
    [20, 3],
    [1, 4],
    [0.0001, 5],
  ] as const;
  const decimals = steps.find(([above]) => rate > above)?.[1] ?? 6;
  return Number(rate.toFixed(decimals));
}
