import { describe, expect, it } from 'vitest';
import type { DueCell, PlannedAsset } from '../../plan/due-cells.ts';
import { makePlan, type Plan } from '../../plan/plan.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import { monthsAtOnce, monthsOf } from '../../workflows/pure/month.ts';
import type { RunRequest, WindowTask } from '../../workflows/pure/run.ts';
import { coin, stock } from './support.ts';

const last = '2026-11-19';
const todo = (asset: PlannedAsset, days: number): DueCell[] =>
  datesBetween(addDays(last, 1 - days), last).map((date) => ({
    asset,
    date,
    known: undefined,
    fate: { kind: 'todo' },
  }));

function planned(cells: readonly DueCell[], grain?: 'auto' | 'cell' | 'month'): Plan {
  const range = { days: 1 };
  const rest = { range, tickers: null, force: false, clip: false, ...(grain ? { grain } : {}) };
  return makePlan({ kind: 'backfill', ...rest }, cells, last);
}

const grains = ({ windows }: Plan): (string | undefined)[] => [...new Set(windows.map(({ grain }) => grain))];

describe('the lane of a backfill', () => {
  it('is the cell’s for few cells and the month’s for two thousand, unless a person says otherwise', () => {
    const few = todo(coin('BTC'), 1_999);
    const many = todo(coin('BTC'), 2_000);
    expect(grains(planned(few))).toEqual([undefined]);
    expect(grains(planned(many))).toEqual(['month']);
    expect(grains(planned(few, 'month'))).toEqual(['month']);
    expect(grains(planned(many, 'cell'))).toEqual([undefined]);
  });

  it('is told in the summary, by which the time is estimated', () => {
    expect(planned(todo(coin('BTC'), 2_000)).summary).toMatchObject({ todo: 2_000, byMonth: 2_000 });
    expect(planned(todo(coin('BTC'), 10)).summary.byMonth).toBeUndefined();
  });

  it('of a whole market’s day is the cell’s', () => {
    const { windows } = planned(
      ['AAPL', 'MSFT'].flatMap((ticker) => todo(stock(ticker), 1)),
      'month',
    );
    expect(windows.map(({ ask, grain }) => [ask.kind, grain])).toEqual([['grouped', undefined]]);
  });

  it.each<RunRequest>([
    { kind: 'daily', date: last, isExplicit: false },
    { kind: 'retry', of: 'all' },
  ])('of $kind is the cell’s, however many there are', (request) => {
    expect(grains(makePlan(request, todo(coin('BTC'), 2_500), last))).toEqual([undefined]);
  });
});

describe('a window by the month', () => {
  const batch = { id: 'b', ingestionDate: last };
  const task = (dates: readonly string[]): WindowTask => ({
    id: 'window/x',
    dataset: 'coingecko.market_chart',
    ask: { kind: 'range', symbol: 'btc', from: dates[0] ?? '', to: dates.at(-1) ?? '' },
    assets: [{ ticker: 'BTC', symbol: 'btc' }],
    dates,
  });

  it('has every cell once, and no month holds days of two', () => {
    const dates = datesBetween('2024-01-30', '2026-03-01');
    const months = monthsOf(task(dates), batch);
    expect(months.flatMap((month) => month.dates)).toEqual(dates);
    expect(months).toHaveLength(27);
    for (const month of months) expect(new Set(month.dates.map((date) => date.slice(0, 7))).size).toBe(1);
  });

  it('runs one at least and as many as have eight cells each, but none where no cell may run', () => {
    expect([0, 1, 6, 8, 15, 16, 50].map(monthsAtOnce)).toEqual([0, 1, 1, 1, 1, 2, 6]);
  });
});
