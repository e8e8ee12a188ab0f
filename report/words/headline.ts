import type { AssetOfReport, Performance, ReportData } from '../read/report-data.ts';
import { daysBetween } from '../../workflows/pure/cell.ts';
import { countOf, price, signedPct } from './numbers.ts';

/** The asset that all others are held against. */
export const benchmark = 'BTC';

/** A start that lies further behind the period's own is said: weekends and holidays are not. */
const lateDays = 7;

type Facts = Pick<ReportData, 'assets' | 'performance'>;

/** Tells whether a return covers clearly less than its period, since the data begins later. */
export function isShort(row: Performance): boolean {
  return daysBetween(row.period_start, row.start_date) > lateDays;
}

/** The longest period's return of one asset. */
export function yearOf(data: Facts, ticker: string): Performance | undefined {
  return data.performance.find((row) => row.ticker === ticker && row.period === '1Y');
}

/** Says in a sentence or two what a dollar in Bitcoin did against everything else, or what is missing to say it. */
export function headline(data: Facts): string {
  const priced = data.assets.filter((asset) => asset.observed_days > 0);
  if (priced.length === 0) return 'Nothing has been published yet, so there is nothing to compare.';
  const btc = yearOf(data, benchmark);
  if (btc === undefined) return withoutBenchmark(data, priced);
  if (btc.return_pct === null) {
    return `Bitcoin closed at ${price(btc.end_close)} ${btc.unit} on ${btc.end_date}. One day is no return yet.`;
  }
  const became = `${spanOf(btc)} ${unitWords(btc.unit)} in Bitcoin became ${amount(1 + btc.return_pct / 100, btc.unit)}`;
  return `${became}; ${othersWords(data)}.`;
}

function spanOf(row: Performance): string {
  return isShort(row) ? `From ${row.start_date} to ${row.end_date}` : `In the year to ${row.end_date}`;
}

function unitWords(unit: string): string {
  if (unit === 'USD') return 'a dollar';
  return unit === 'points' ? 'an amount of 1' : `one ${unit}`;
}

function amount(value: number, unit: string): string {
  if (unit === 'USD') return `$${value.toFixed(2)}`;
  return unit === 'points' ? value.toFixed(2) : `${value.toFixed(2)} ${unit}`;
}

function othersWords(data: Facts): string {
  const others = data.performance.filter(
    (row) => row.period === '1Y' && row.ticker !== benchmark && row.beats_btc !== null,
  );
  if (others.length === 0) return 'there is no other asset to hold against it';
  const better = others.filter((row) => row.beats_btc === true).length;
  if (better === 0) return noneWords(others.length);
  if (better === others.length) return allWords(better);
  return `${better} of ${countOf(others.length, 'other')} did better`;
}

function allWords(others: number): string {
  return others === 1 ? 'the only other asset did better' : `all ${others} others did better`;
}

function noneWords(others: number): string {
  return others === 1 ? 'the only other asset did not do better' : `none of ${others} others did better`;
}

function withoutBenchmark(data: Facts, priced: readonly AssetOfReport[]): string {
  const returns = data.performance.filter((row) => row.period === '1Y' && row.return_pct !== null);
  const best = [...returns].sort((left, right) => (right.return_pct ?? 0) - (left.return_pct ?? 0))[0];
  const absent = `Bitcoin has no price here, so nothing is held against it`;
  if (best === undefined)
    return `${absent}. ${countOf(priced.length, 'asset')} with a price, none with a return yet.`;
  return `${absent}. ${spanOf(best)} ${best.ticker} did best of ${countOf(returns.length, 'asset')}, with ${signedPct(best.return_pct)}.`;
}
