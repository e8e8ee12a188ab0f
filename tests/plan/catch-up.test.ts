import { expect, it } from 'vitest';
import { runDayOf } from '../../plan/catch-up.ts';
import { lookBackDays } from '../../plan/due-cells.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';

it('a tick that is not late is for its own day', () => {
  expect(runDayOf('2026-11-19', '2026-11-19')).toBe('2026-11-19');
  expect(runDayOf('2026-11-20', '2026-11-19')).toBe('2026-11-20');
});

it('ticks that are made up for bring in every missed day exactly once, by one run a week', () => {
  const missed = datesBetween('2026-10-01', '2026-11-19');
  const runs = [...new Set(missed.map((day) => runDayOf(day, '2026-11-19')))].sort();
  expect(runs).toHaveLength(8);
  const caught = runs.flatMap((day) => datesBetween(addDays(day, 1 - lookBackDays), day)).sort();
  expect(caught).toEqual([...new Set(caught)]);
  expect(caught).toEqual(expect.arrayContaining(missed));
});
