import { expect, it } from 'vitest';
import type { CellStanding } from '../../../client/run/cells-of-request.ts';
import { withRunning } from '../../../client/status/standings.ts';
import type { CellState } from '../../../workflows/pure/cell.ts';
import { monthId, partitionId } from '../../../workflows/pure/ids.ts';

const standing = (date: string, state: CellState): CellStanding => ({
  dataset: 'massive.daily_bars',
  ticker: 'BRK/B',
  date,
  state,
});
const cells = [
  standing('2026-08-03', 'published'),
  standing('2026-08-04', 'missing'),
  standing('2026-08-05', 'failed'),
  standing('2026-08-08', 'closed'),
  standing('2026-09-01', 'missing'),
];
const [first] = cells as [CellStanding];

const statesWith = (...openIds: string[]): CellState[] =>
  withRunning(cells, new Set(openIds)).map(({ state }) => state);

it('an open month shows its cells as running, but for those that are settled', () => {
  expect(statesWith(monthId(first, '20261120T120000-12345678'))).toEqual([
    'published',
    'running',
    'running',
    'closed',
    'missing',
  ]);
});

it('an open cell shows itself alone', () => {
  const open = partitionId(standing('2026-09-01', 'missing'));
  expect(statesWith(open)).toEqual(['published', 'missing', 'failed', 'closed', 'running']);
});
