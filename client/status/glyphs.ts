import { cellStates, type CellState } from '../../workflows/pure/cell.ts';
import { acceptedGlyph, glyphOf } from '../../workflows/pure/glyphs.ts';

export { glyphOf };

const colourOf: Readonly<Record<CellState, number>> = {
  published: 32,
  closed: 90,
  waiting: 36,
  running: 34,
  refused: 31,
  failed: 31,
  skipped: 33,
  missing: 35,
};
const acceptedColour = 33;

/** A state's character, in its colour where colours are wanted; another one where a person accepted the cell. */
export function paintedGlyph(state: CellState, isColoured: boolean, isAccepted = false): string {
  const glyph = isAccepted ? acceptedGlyph : glyphOf[state];
  const colour = isAccepted ? acceptedColour : colourOf[state];
  return isColoured ? `\u001b[${colour}m${glyph}\u001b[0m` : glyph;
}

/** Says how many published cells a person accepted; nothing where none was. */
export function acceptedLines(
  cells: readonly { readonly isAccepted?: true }[],
  isColoured: boolean,
): string[] {
  const count = cells.filter(({ isAccepted }) => isAccepted).length;
  if (count === 0) return [];
  return [
    `${paintedGlyph('published', isColoured, true)} ${count} of them published because a person accepted what a rule refused`,
  ];
}

const entriesOnLine = 4;

/** Says which character means which state, and how many cells are in it. */
export function legendLines(counts: Readonly<Record<CellState, number>>, isColoured: boolean): string[] {
  const width = Math.max(...cellStates.map((state) => `${counts[state]} ${state}`.length));
  const entries = cellStates.map(
    (state) => `${paintedGlyph(state, isColoured)} ${`${counts[state]} ${state}`.padEnd(width)}`,
  );
  const lines: string[] = [];
  for (let start = 0; start < entries.length; start += entriesOnLine) {
    lines.push(
      entries
        .slice(start, start + entriesOnLine)
        .join('   ')
        .trimEnd(),
    );
  }
  return lines;
}

/** Counts cells by state, every state named. */
export function countStates(cells: readonly { readonly state: CellState }[]): Record<CellState, number> {
  const counts = Object.fromEntries(cellStates.map((state) => [state, 0])) as Record<CellState, number>;
  for (const { state } of cells) counts[state] += 1;
  return counts;
}
