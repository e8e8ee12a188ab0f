import type { CellKey } from '../workflows/pure/cell.ts';
import { boundedMap } from './bounded-map.ts';
import { LakeError, type LakeErrorCode } from './lake-error.ts';
import { recordFile } from './layout.ts';
import {
  carryOut,
  intendPublication,
  type Candidate,
  type Intent,
  type Publication,
  type PublicationFacts,
} from './publish.ts';
import { sharedRecord } from './records.ts';
import type { Store } from './store.ts';

/** One of many cells, of one ticker or of one date, with the candidate that passed its audit. */
export interface AuditedCell {
  readonly cell: CellKey;
  /** The source's own name of its asset. */
  readonly symbol?: string;
  readonly candidate: Candidate;
}

/** What publishing did to one of many cells; `outcome` is an error's code where this one must be looked at anew. */
export type CellPublication =
  | (Publication & { readonly cell: CellKey })
  | { readonly outcome: 'CandidateGone' | 'LostRace'; readonly cell: CellKey; readonly reason: string };

/** Many may wait for the disk at once, since those that wait share its syncs. */
const cellsAtOnce = 16;

/**
 * Publishes the cells of one ticker, or of one date, as `publishCandidate` does each, in its order and with its fences, but with one
 * record file for all: it is claimed as each cell's next entry just before that cell's rename. What befalls one cell
 * stops no other.
 * @param beat is called whenever a cell is settled.
 */
export async function publishCandidates(
  store: Store,
  audited: readonly AuditedCell[],
  facts: PublicationFacts,
  beat: () => void,
): Promise<CellPublication[]> {
  const intents = await boundedMap(audited, cellsAtOnce, (one) =>
    orLeft(one, async () => ({ ...one, intent: await intendPublication(store, one.cell, one.candidate) })),
  );
  const left = intents.filter(isLeft);
  const intended = intents.filter((one): one is Intended => !isLeft(one));
  if (intended.length === 0) return left;
  const record = await store.prepare(recordOf(intended, facts));
  try {
    const published = await boundedMap(intended, cellsAtOnce, async (one) => {
      const { cell, candidate, intent } = one;
      const publication = await orLeft(one, async () => ({
        cell,
        ...(await carryOut(store, cell, candidate, intent, (folder) =>
          record.claim(recordFile(folder, candidate.number)),
        )),
      }));
      beat();
      return publication;
    });
    return [...left, ...published];
  } finally {
    await record.forget();
  }
}

type Intended = AuditedCell & { readonly intent: Intent };
type Left = Extract<CellPublication, { reason: string }>;

function recordOf(intended: readonly Intended[], facts: PublicationFacts): Uint8Array {
  const [first] = intended;
  const isOfOneSymbol = intended.every(({ symbol }) => symbol === first?.symbol);
  const shared = isOfOneSymbol && first?.symbol !== undefined ? { symbol: first.symbol } : {};
  return sharedRecord(
    { event: 'published', ...facts, ...shared },
    intended.map(({ cell, symbol, intent }) => {
      const { event, ...content } = intent.entry;
      const own = { ...(isOfOneSymbol || symbol === undefined ? {} : { symbol }), ...content };
      return { cell, entry: event === 'published' ? own : { event, ...own } };
    }),
  );
}

/** A cell whose candidate is gone or whose number was taken is left to be looked at anew; trouble is everybody's. */
async function orLeft<T>({ cell }: AuditedCell, act: () => Promise<T>): Promise<T | Left> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof LakeError) || !isOfOneCell(error.code)) throw error;
    return { outcome: error.code, cell, reason: error.message };
  }
}

function isOfOneCell(code: LakeErrorCode): code is Left['outcome'] {
  return code === 'CandidateGone' || code === 'LostRace';
}

function isLeft(one: object): one is Left {
  return 'reason' in one;
}
