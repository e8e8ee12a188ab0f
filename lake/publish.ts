import type { CellKey } from '../workflows/pure/cell.ts';
import { jsonBytes, sha256 } from './json.ts';
import { bronzeFile, candidateFile, cellRecordsFolder, recordFile, supersededFile } from './layout.ts';
import { LakeError } from './lake-error.ts';
import { readCellRecord, readCellRecords, type CellRecord, type Numbered } from './records.ts';
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
  /** The cell's next record number when it was written: a late zombie finds it taken. */
  readonly number: number;
}

/** What publishing did. `unchanged`: the same content lies in bronze already. */
export interface Publication {
  readonly outcome: 'published' | 'unchanged';
  readonly number: number;
  readonly sha256: string;
}

/** Writes a candidate and notes the number it may claim. A promise left open by a dead attempt is kept first. */
export async function writeCandidate(
  store: Store,
  cell: CellKey,
  attemptId: string,
  bytes: Uint8Array,
  rowCount: number,
): Promise<Candidate> {
  const records = await readCellRecords(store, cell);
  const open = await openPromise(store, cell, records);
  const hash = sha256(bytes);
  const file = candidateFile(cell, attemptId);
  await store.put(file, bytes);
  const last = records.at(-1)?.number ?? 0;
  const number = open?.record.sha256 === hash ? open.number : last + 1;
  return { file, sha256: hash, sizeBytes: bytes.byteLength, rowCount, number };
}

/**
 * Publishes an audited candidate. Answers only when the file, its record and both folders are durable;
 * a second call with the same candidate changes nothing.
 * @throws LakeError `CandidateGone` (write it again) or `LostRace` (somebody else published in between).
 */
export async function publishCandidate(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  facts: Omit<CellRecord, 'event' | 'sha256' | 'sizeBytes' | 'rowCount' | 'candidate' | 'supersedes'>,
): Promise<Publication> {
  const current = await currentPublication(store, cell);
  const inBronze = await hashOf(store, bronzeFile(cell));
  if (inBronze === candidate.sha256) return settleSame(store, cell, candidate, facts);
  if ((await hashOf(store, candidate.file)) !== candidate.sha256) throw gone(cell, candidate);
  const replaced = inBronze !== undefined && current && current.number !== candidate.number ? current : undefined;
  const keptAt = replaced && supersededFile(cell, replaced.number);
  const record: CellRecord = {
    ...facts,
    event: 'published',
    sha256: candidate.sha256,
    sizeBytes: candidate.sizeBytes,
    rowCount: candidate.rowCount,
    candidate: candidate.file,
    ...(replaced && keptAt
      ? { supersedes: { number: replaced.number, sha256: inBronze as string, keptAt } }
      : {}),
  };
  await claimOrRecognise(store, cell, candidate, record);
  await fulfil(store, cell, { number: candidate.number, record });
  return { outcome: 'published', number: candidate.number, sha256: candidate.sha256 };
}

/** The newest record that put a file into bronze; undefined where the cell was never published. */
export async function currentPublication(
  store: Store,
  cell: CellKey,
): Promise<Numbered<CellRecord> | undefined> {
  return (await readCellRecords(store, cell)).findLast(({ record }) => record.event === 'published');
}

/**
 * Moves what a record promised into bronze, keeping what it replaces.
 * @returns false where neither bronze nor the candidate's place has the promised content: write it again.
 */
export async function fulfil(store: Store, cell: CellKey, promise: Numbered<CellRecord>): Promise<boolean> {
  const place = bronzeFile(cell);
  if ((await hashOf(store, place)) === promise.record.sha256) return true;
  const candidate = promise.record.candidate;
  if (!candidate || (await hashOf(store, candidate)) !== promise.record.sha256) return false;
  if (promise.record.supersedes) await store.keep(place, promise.record.supersedes.keptAt);
  await store.promote(candidate, place);
  return (await hashOf(store, place)) === promise.record.sha256;
}

/** Fulfils the newest publication where that is still possible; answers the promise that stays open. */
async function openPromise(
  store: Store,
  cell: CellKey,
  records: readonly Numbered<CellRecord>[],
): Promise<Numbered<CellRecord> | undefined> {
  const newest = records.findLast(({ record }) => record.event === 'published');
  if (!newest || (await fulfil(store, cell, newest))) return undefined;
  return newest;
}

/** The content is in bronze already: by our own earlier attempt, or because the source says the same as before. */
async function settleSame(
  store: Store,
  cell: CellKey,
  candidate: Candidate,
  facts: Omit<CellRecord, 'event'>,
): Promise<Publication> {
  const folder = cellRecordsFolder(cell);
  const unchanged: CellRecord = {
    ...facts,
    event: 'unchanged',
    sha256: candidate.sha256,
    sizeBytes: candidate.sizeBytes,
    rowCount: candidate.rowCount,
  };
  const claimed = await store.putIfAbsent(recordFile(folder, candidate.number), jsonBytes(unchanged));
  const record = claimed ? unchanged : await readCellRecord(store, folder, candidate.number);
  if (record.sha256 !== candidate.sha256) throw lost(cell, candidate, record);
  await store.remove(candidate.file);
  const outcome = record.event === 'published' ? 'published' : 'unchanged';
  return { outcome, number: candidate.number, sha256: candidate.sha256 };
}

async function claimOrRecognise(store: Store, cell: CellKey, candidate: Candidate, record: CellRecord): Promise<void> {
  const folder = cellRecordsFolder(cell);
  if (await store.putIfAbsent(recordFile(folder, candidate.number), jsonBytes(record))) return;
  const there = await readCellRecord(store, folder, candidate.number);
  const newest = (await readCellRecords(store, cell)).at(-1);
  const isOurs = there.event === 'published' && there.sha256 === candidate.sha256;
  if (!isOurs || newest?.number !== candidate.number) throw lost(cell, candidate, there);
}

async function hashOf(store: Store, key: string): Promise<string | undefined> {
  const bytes = await store.get(key);
  return bytes && sha256(bytes);
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
