import type { CellState } from './cell.ts';

/** Stands in place of a published cell's character where a person accepted what a rule refused: a mark, no state. */
export const acceptedGlyph = '◉';

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
