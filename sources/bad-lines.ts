import type { PartitionDate } from '../workflows/pure/cell.ts';
import { countOf } from '../workflows/pure/count-of.ts';

/** One line of an answer that could not be read. The day that it is of has no row. */
export interface BadLine {
  /** The file's path below the source's folder. */
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly lineNumber: number;
  /** The line's day; null where it is the date that cannot be read. */
  readonly date: PartitionDate | null;
  /** What is wrong with the line, such as `"many" in column "close" is no number`. */
  readonly found: string;
}

/** The lines of an answer that could not be read, as they are kept with it. */
export interface BadLines {
  readonly count: number;
  /** The first hundred of them. */
  readonly first: readonly BadLine[];
}

const linesKept = 100;

/** Counts bad lines and keeps the first of them; undefined where there is none. */
export function keptBadLines(lines: readonly BadLine[]): BadLines | undefined {
  return lines.length === 0 ? undefined : { count: lines.length, first: lines.slice(0, linesKept) };
}

/** Names bad lines by file and number with what is wrong, no more than so many of them. */
export function badLineWords({ count, first }: BadLines, most: number): string {
  const shown = first
    .slice(0, most)
    .map(({ file, lineNumber, found }) => `line ${lineNumber} of ${file} (${found})`);
  const more = count > shown.length ? [countOf(count - shown.length, 'more line')] : [];
  return [...shown, ...more].join(', ');
}
