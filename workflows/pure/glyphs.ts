import type { CellState } from './cell.ts';

/** One character for each state, told apart without colour too; the same in the terminal and on the page. */
export const glyphOf: Readonly<Record<CellState, string>> = {
  published: '●',
  closed: '·',
  waiting: '…',
  running: '»',
  refused: '✗',
  failed: '!',
  skipped: '–',
  missing: '○',
};
