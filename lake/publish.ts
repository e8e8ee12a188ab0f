import type { CellKey } from '../workflows/pure/cell.ts';
import { sha256 } from './json.ts';
import { bronzeFile, candidateFile, cellRecordsFolder, foreignFile, supersededFile } from './layout.ts';
import { LakeError } from './lake-error.ts';
import { currentPublication, fulfil, hashOf, openPromise } from './promise.ts';
import {
  claimRecord,
  readCellRecord,
  readCellRecords,
  recordNumbers,
  type CellRecord,
  type Numbered,
} from './records.ts';
import type { Store } from './store.ts';

/**
 * The commit point of a cell. The record with the cell's next number is claimed first, by one `link`;
 * then the candidate is renamed into bronze. Whatever dies in between, the record says what was promised,
 * and whoever comes next fulfils it before anything newer may be claimed.
 */

/** A Parquet file that waits for its audit, and the record number it may claim if it passes. */
export interface Candidate {
  /** Where it lies below the lake's root. */
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly rowCount: number;
  /** The hash of what the source said, without the lineage that the file adds to it. */
  readonly contentSha256?: string;
  /** The cell's next record number when it was written: a late zombie finds it taken. */
  readonly number: number;
}

/** What publishing did. `unchanged`: the same content lies in bronze already, perhaps from an earlier batch. */
export interface Publication {
  readonly outcome: 'published' | 'unchanged';
  readonly number: number;
  readonly sha256: string;
  /** The number of the publication that this one replaced: a restatement. */
  readonly supersedes?: number;
}

/** Writes a candidate and notes the number it may claim. A promise left open by a dead attempt is kept first. */
export async function writeCandidate(
  store: Store,
  cell: CellKey,
  attemptId: string,
  bytes: Uint8Array,
  rowCount: number,
  contentSha256?: string,
  monthOfBatch?: string,
): Promise<Candidate> {
  const records = await readCellRecords(store, cell);
  const open = await openPromise(store, cell, records);
  const hash = sha256(bytes);
  const file = candidateFile(cell, attemptId, monthOfBatch);
  await store.put(file, bytes);
  const last = records.at(-1)?.number ?? 0;
  // A promise that something was recorded after can no longer be taken up: its number is not the newest.
  const number = open?.record.sha256 === hash && open.number === last ? last : last + 1;
  const content = contentSha256 === undefined ? {} : { contentSha256 };
  return { file, sha256: hash, sizeBytes: bytes.byteLength, rowCount, ...content, number };
}

/** What a record says besides its content: who published it, from what, and on what verdict. */
export type PublicationFacts = Omit<CellRecord, keyof Content | 'event' | 'candidate' | 'supersedes'>;

/**
 * Publishes an audited candidate. Answers only when the file, its record and both folders are durable;
 * a second call with the same candidate changes nothing.
 * @throws LakeError `CandidateGone` (write it again) or `LostRace` (somebody else published in between).
 */
export async function publishCandidate(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  facts: PublicationFacts,
): Promise<Publication> {
  const intent = await intendPublication(store, cell, candidate);
  const record = { ...facts, ...intent.entry };
  return carryOut(store, cell, candidate, intent, (folder) =>
    claimRecord(store, folder, candidate.number, record),
  );
}

/** What a publication is going to do to a cell, before anything is claimed. */
export interface Intent {
  /** True where the content lies in bronze already. */
  readonly isSame: boolean;
  /** What the cell's record will say of its content. */
  readonly entry: Pick<CellRecord, keyof Content | 'event' | 'candidate' | 'supersedes'>;
}

/** Looks at a cell and says what publishing a candidate would do to it. */
export async function intendPublication(store: Store, cell: CellKey, candidate: Candidate): Promise<Intent> {
  const published = (await readCellRecords(store, cell)).filter(({ record }) => record.event === 'published');
  const inBronze = await hashOf(store, bronzeFile(cell));
  const newest = published.at(-1);
  if (inBronze === candidate.sha256 || (newest && isSaidAgain(newest, candidate, inBronze))) {
    const standing = newest?.record.sha256 === inBronze ? newest?.record : undefined;
    return { isSame: true, entry: entryOfSame(candidate, standing) };
  }
  if ((await hashOf(store, candidate.file)) !== candidate.sha256) throw gone(cell, candidate);
  const replaced = await keepReplaced(store, cell, inBronze, published);
  const entry = {
    ...contentOf(candidate),
    event: 'published',
    candidate: candidate.file,
    ...replaced,
  } as const;
  return { isSame: false, entry };
}

/** Claims the candidate's number for a cell; false where somebody has it already. */
export type Claim = (recordsFolder: string) => Promise<boolean>;

/** Does what was intended: claims the cell's number, then moves the file that the claimed record promises. */
export async function carryOut(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  { isSame, entry }: Intent,
  claim: Claim,
): Promise<Publication> {
  if (isSame) return settleSame(store, cell, candidate, entry, claim);
  const standing = await claimOrRecognise(store, cell, candidate, entry, claim);
  await keepPromise(store, cell, candidate, standing);
  const supersedes = standing.supersedes?.number;
  const replaced = supersedes === undefined ? {} : { supersedes };
  return { outcome: 'published', number: candidate.number, sha256: candidate.sha256, ...replaced };
}

/** Says what a publication replaces. A file that no record names is nobody's: it is set aside before anything else. */
async function keepReplaced(
  store: Store,
  cell: CellKey,
  inBronze: string | undefined,
  published: readonly Numbered<CellRecord>[],
): Promise<Pick<CellRecord, 'supersedes'>> {
  if (inBronze === undefined) return {};
  const replaced = published.findLast(({ record }) => record.sha256 === inBronze);
  if (replaced) {
    const { number } = replaced;
    return { supersedes: { number, sha256: inBronze, keptAt: supersededFile(cell, number) } };
  }
  await store.keep(bronzeFile(cell), foreignFile(bronzeFile(cell), inBronze));
  return {};
}

/** Moves what the standing record promises, which may be the same content in an earlier attempt's file. */
async function keepPromise(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  standing: Intent['entry'],
): Promise<void> {
  const isKept =
    (await fulfil(store, cell, { record: standing })) ||
    (await fulfil(store, cell, { record: { ...standing, candidate: candidate.file } }));
  // A second file that stayed could be moved by a zombie, over something newer.
  if (standing.candidate !== candidate.file) await store.remove(candidate.file);
  if (isKept) return;
  const isNewest = (await currentPublication(store, cell))?.number === candidate.number;
  if (isNewest) throw gone(cell, candidate);
}

/** A file made from another batch has other lineage and so other bytes; what counts is what the source said. */
function isSaidAgain(
  { number, record }: Numbered<CellRecord>,
  candidate: Candidate,
  inBronze: string | undefined,
): boolean {
  const isSame = record.contentSha256 !== undefined && record.contentSha256 === candidate.contentSha256;
  return isSame && record.sha256 === inBronze && number !== candidate.number;
}

/**
 * The content is in bronze already: by our own earlier attempt, or because the source says the same as before.
 * Where no record stands for it (the newest promised something else and never kept it), this one does.
 */
function entryOfSame(candidate: Candidate, standing: CellRecord | undefined): Intent['entry'] {
  return standing
    ? { ...contentOf(standing), event: 'unchanged' }
    : { ...contentOf(candidate), event: 'published' };
}

async function settleSame(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  own: Intent['entry'],
  claim: Claim,
): Promise<Publication> {
  const folder = cellRecordsFolder(cell);
  // The one who moved the file may have died before its name was durable.
  await store.settle(bronzeFile(cell));
  const there = (await claim(folder)) ? undefined : await readCellRecord(store, folder, candidate.number);
  if (there && there.sha256 !== own.sha256) throw lost(cell, candidate, there);
  await store.remove(candidate.file);
  const outcome = (there ?? own).event === 'published' ? 'published' : 'unchanged';
  return { outcome, number: candidate.number, sha256: own.sha256 ?? candidate.sha256 };
}

/** Claims the candidate's number; answers the record that stands there if it promises the same and is the newest. */
async function claimOrRecognise(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  own: Intent['entry'],
  claim: Claim,
): Promise<Intent['entry']> {
  const folder = cellRecordsFolder(cell);
  if (await claim(folder)) return own;
  const there = await readCellRecord(store, folder, candidate.number);
  const newest = (await recordNumbers(store, folder)).at(-1);
  const isOurs = there.event === 'published' && there.sha256 === candidate.sha256;
  if (!isOurs || newest !== candidate.number) throw lost(cell, candidate, there);
  return there;
}

type Content = Pick<CellRecord, 'sha256' | 'contentSha256' | 'sizeBytes' | 'rowCount'>;

function contentOf({ sha256, contentSha256, sizeBytes, rowCount }: Content): Content {
  return { sha256, ...(contentSha256 === undefined ? {} : { contentSha256 }), sizeBytes, rowCount };
}

function gone(cell: CellKey, candidate: Candidate): LakeError {
  return new LakeError(
    'CandidateGone',
    `Could not publish ${cell.ticker} ${cell.date}: its candidate ${candidate.file} is gone or altered. It is written again from its batch.`,
  );
}

function lost(cell: CellKey, candidate: Candidate, found: CellRecord): LakeError {
  return new LakeError(
    'LostRace',
    `Could not publish ${cell.ticker} ${cell.date}: record ${candidate.number} was taken by a ${found.event} entry of ${found.run} at ${found.recordedAt}. The cell is looked at anew.`,
  );
}
