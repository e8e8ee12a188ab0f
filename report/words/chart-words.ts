import type { ChartData, ChartRow } from '../charts/charts.ts';
import { fixed, signedPct } from './numbers.ts';

/** More assets than this are not read out one by one. */
const mostNamed = 21;

/** Says in words what a chart shows, with the numbers that matter. */
export function chartWords(chart: ChartData): string {
  const { rows } = chart;
  switch (chart.name) {
    case 'performance':
      return lines(rows, 'The last closes, where the first of each is 100', (value) => fixed(value, 1));
    case 'growth':
      return lines(rows, 'What $1,000 became', (value) => Math.round(value).toLocaleString('en-US'));
    case 'drawdown':
      return `Distance from the high so far, deepest: ${joined(lowest(rows).map((row) => `${name(row)} ${signedPct(numberOf(row, 'value'))} on ${String(row['price_date'])}`))}.`;
    case 'lump-sum':
      return `Return on the money put in by ${String(rows.at(-1)?.['price_date'])}: ${joined(rows.map((row) => `${name(row)} ${String(row['strategy'])} ${signedPct(numberOf(row, 'value'))}`))}.`;
    case 'volatility':
      return `Volatility a year in percent, to ${latest(rows, 'last_date')}: ${joined(rows.map((row) => `${name(row)} ${fixed(numberOf(row, 'value'), 1)} (${fixed(numberOf(row, 'value_252'), 1)} by 252 days, ${String(row['n'])} returns)`))}.`;
    case 'correlation':
      return correlationWords(rows);
  }
}

/** Says which days a chart covers. */
export function chartSpan(chart: ChartData): string {
  const first = chart.rows
    .map((row) => row['first_date'] ?? row['price_date'])
    .filter(isText)
    .sort()[0];
  const last = latest(chart.rows, 'last_date') || latest(chart.rows, 'price_date');

  if (chart.name === 'correlation') {
    const row = chart.rows[0];
    return `as of ${last}, ${String(row?.['window_days'])} days, returns of days both were observed`;
  }
  return first === undefined || first === last ? `as of ${last}` : `${first} to ${last}`;
}

function lines(rows: readonly ChartRow[], opening: string, say: (value: number) => string): string {
  const ends = [...new Map(rows.map((row) => [row['ticker'], row])).values()];
  const last = latest(rows, 'price_date');
  return `${opening}, by ${last}: ${joined(ends.map((row) => `${name(row)} ${say(numberOf(row, 'value'))}`))}.`;
}

function lowest(rows: readonly ChartRow[]): ChartRow[] {
  const found = new Map<unknown, ChartRow>();
  for (const row of rows) {
    const known = found.get(row['ticker']);
    if (!known || numberOf(row, 'value') < numberOf(known, 'value')) found.set(row['ticker'], row);
  }
  return [...found.values()];
}

function correlationWords(rows: readonly ChartRow[]): string {
  const pairs = rows
    .filter((row) => name(row) < String(row['other_ticker']))
    .sort((left, right) => numberOf(right, 'value') - numberOf(left, 'value'));
  const say = (row: ChartRow): string =>
    `${name(row)} and ${String(row['other_ticker'])} ${fixed(numberOf(row, 'value'), 2)}`;
  const [highest, least] = [pairs[0], pairs.at(-1)];
  if (!highest || !least) return 'No two assets have enough days in common.';
  const ends = pairs.length === 1 ? say(highest) : `from ${say(least)} to ${say(highest)}`;
  return `Correlation of daily returns over ${String(highest['window_days'])} days to ${latest(rows, 'last_date')}: ${ends}.`;
}

function joined(parts: readonly string[]): string {
  const more = parts.length > mostNamed ? `, and ${parts.length - mostNamed} more` : '';
  return parts.slice(0, mostNamed).join(', ') + more;
}

function latest(rows: readonly ChartRow[], column: string): string {
  return (
    rows
      .map((row) => row[column])
      .filter(isText)
      .sort()
      .at(-1) ?? ''
  );
}

function name(row: ChartRow): string {
  return String(row['ticker']);
}

function numberOf(row: ChartRow, column: string): number {
  return Number(row[column] ?? Number.NaN);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
