import { expect, it } from 'vitest';
import { dueCells, type KnownCell } from '../../plan/due-cells.ts';
import { makePlan } from '../../plan/plan.ts';
import { stock } from './support.ts';

const now = new Date('2026-11-20T12:00:00Z');
const assets = Array.from({ length: 500 }, (_, place) => stock(`T${place}`, { historyDays: null }));
const request = {
  kind: 'backfill',
  range: { from: '2021-11-20', to: '2026-11-19' },
  tickers: null,
  force: false,
  clip: false,
} as const;

it('five years of 500 stocks are 913,000 cells, of which 627,000 are sessions: 499 requests where one stock is published', () => {
  const lost: KnownCell = { state: 'failed', code: 'NoData' };
  const known: KnownCell = { state: 'published' };
  const cells = dueCells(
    request,
    assets,
    (_dataset, ticker, date) =>
      ticker === 'T7' ? known : date === '2026-11-19' && ticker === 'T8' ? lost : undefined,
    now,
  );
  const { summary, windows, newlyClosed } = makePlan(request, cells, '2026-11-20');
  const sessions = 1_254;
  expect(summary).toEqual({
    due: 1_826 * 500,
    closed: (1_826 - sessions) * 500,
    published: sessions,
    skipped: 0,
    waiting: 0,
    todo: sessions * 499,
    requests: { massive: 499 },
    from: '2021-11-20',
    to: '2026-11-19',
  });
  expect(windows).toHaveLength(499);
  expect(new Set(windows.map(({ dates }) => dates.length))).toEqual(new Set([sessions]));
  expect(newlyClosed).toHaveLength(summary.closed);
});
