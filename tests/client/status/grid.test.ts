import { describe, expect, it } from 'vitest';
import type { CellStanding } from '../../../client/run/cells-of-request.ts';
import { countStates, glyphOf, legendLines } from '../../../client/status/glyphs.ts';
import { gridLines } from '../../../client/status/grid.ts';
import { withRunning } from '../../../client/status/standings.ts';
import { addDays, cellStates, type CellState } from '../../../workflows/pure/cell.ts';

const cell = (ticker: string, date: string, state: CellState): CellStanding => ({
  dataset: 'csv.daily_closes',
  ticker,
  date,
  state,
});
const plain = { width: 80, isColoured: false };

function manyCells(tickerCount: number, dayCount: number): CellStanding[] {
  const tickers = Array.from({ length: tickerCount }, (_, index) => `T${String(index).padStart(3, '0')}`);
  return tickers.flatMap((ticker) =>
    Array.from({ length: dayCount }, (_, day) => cell(ticker, addDays('2026-01-01', day), 'published')),
  );
}

describe('the grid', () => {
  it('puts each state below its ticker and beside its day', () => {
    const cells = [
      cell('BTC', '2026-11-18', 'published'),
      cell('BTC', '2026-11-19', 'refused'),
      cell('EURUSD', '2026-11-19', 'waiting'),
    ];
    expect(gridLines(cells, plain)).toEqual([
      '                BTC  EURUSD',
      '2026-11-18 Wed  ●',
      '2026-11-19 Thu  ✗    …',
    ]);
  });

  it('turns round and cuts itself into stretches where tickers do not fit across', () => {
    const lines = gridLines(manyCells(25, 100), plain);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.startsWith('T024 '))).toHaveLength(2);
    expect(lines.join('').match(/●/g)).toHaveLength(2_500);
  });

  it('colours characters without moving them', () => {
    const cells = [cell('BTC', '2026-11-19', 'failed'), cell('EURUSD', '2026-11-19', 'missing')];
    const coloured = gridLines(cells, { width: 80, isColoured: true }).join('\n');
    expect(coloured).toContain('\u001b[31m!\u001b[0m');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(gridLines(cells, plain).join('\n'));
  });
});

describe('the legend', () => {
  it('has a character of its own for every state, and counts them in eighty columns', () => {
    expect(new Set(Object.values(glyphOf)).size).toBe(cellStates.length);
    const lines = legendLines(countStates(manyCells(500, 250)), false);
    expect(lines.join('\n')).toContain('● 125000 published');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('an open workflow', () => {
  it('makes a cell running, unless it only waits for its day', () => {
    const cells = [
      cell('BTC', '2026-11-18', 'failed'),
      cell('BTC', '2026-11-19', 'waiting'),
      cell('ETH', '2026-11-18', 'missing'),
    ];
    const open = new Set([
      'partition/2026-11-18/BTC/csv.daily_closes',
      'partition/2026-11-19/BTC/csv.daily_closes',
    ]);
    expect(withRunning(cells, open).map(({ state }) => state)).toEqual(['running', 'waiting', 'missing']);
  });
});
