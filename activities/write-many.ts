import { boundedMap } from '../lake/bounded-map.ts';
import type { Candidate } from '../lake/publish.ts';
import {
  apart,
  cellOfMany,
  markOf,
  type ManyCells,
  type OneOfMany,
  type OwnKey,
} from '../workflows/pure/many.ts';
import { currentAttempt } from './attempt.ts';
import { beatOfParts } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { NoDataError } from './no-data-error.ts';
import { writeCell } from './write-tmp.ts';

/** The candidate of one of many cells. */
export interface OwnCandidate extends OneOfMany {
  readonly candidate: Candidate;
}

/** What became of them; those left cannot go on together with the others. */
export interface ManyWritten {
  readonly candidates: readonly OwnCandidate[];
  readonly left: readonly OwnKey[];
}

/** While one encodes, the others wait for the disk. */
const cellsAtOnce = 8;

/**
 * Writes the candidates of a month's or a lot's cells. What an attempt that died here has left is removed and written
 * again: nobody was told of it, and the same batch gives the same bytes.
 */
export async function writeMany(deps: ActivityDeps, many: ManyCells): Promise<ManyWritten> {
  const attempt = currentAttempt(deps.lake.id);
  const beat = beatOfParts();
  const { key, ones } = apart(many);
  const written = await boundedMap(ones, cellsAtOnce, async ({ own, symbol }) => {
    const cell = { ...cellOfMany(key, own), symbol, batch: key.batch };
    const candidate = await candidateOf(() => writeCell(deps, cell, attempt, markOf(key)));
    beat();
    return { own, symbol, candidate };
  });
  return {
    candidates: written.flatMap(({ own, symbol, candidate }) =>
      candidate ? [{ own, symbol, candidate }] : [],
    ),
    left: written.filter(({ candidate }) => !candidate).map(({ own }) => own),
  };
}

/** A cell without data is that cell's trouble alone, and its own workflow says so. */
async function candidateOf(write: () => ReturnType<typeof writeCell>): Promise<Candidate | undefined> {
  try {
    const written = await write();
    return written.outcome === 'written' ? written.candidate : undefined;
  } catch (error) {
    if (error instanceof NoDataError) return undefined;
    throw error;
  }
}
