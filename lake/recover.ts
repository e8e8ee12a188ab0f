import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { bronzeFile, candidateOfFile, cellOfPath, cellSegments, decodeSegment } from './layout.ts';
import type { LakeIndex } from './lake-index.ts';
import { pendingFolder, type LocalStore } from './local-store.ts';
import { batchOwner } from './batches.ts';
import { currentPublication, fulfil } from './publish.ts';
import { isErrno } from './lake-error.ts';
import { datasetId, type CellKey } from '../workflows/pure/cell.ts';
import { partitionId } from '../workflows/pure/ids.ts';

/**
 * What a start puts right after processes died: remains of dead writers are removed, promised renames are
 * made, and published files that are missing or are not the record's are restored. It may run at any time,
 * beside living workers, and twice.
 */

/** What recovery needs from outside the lake. */
export interface RecoveryHelp {
  /** Tells whether an execution of a workflow (ids without the lake's) is still open. */
  readonly isOpen: (workflowId: string, workflowRunId: string) => Promise<boolean>;
  /** Writes a published cell's file again from its batch, as a candidate; false where that cannot be done. */
  readonly restore: (cell: CellKey) => Promise<boolean>;
  readonly now: () => Date;
}

/** What recovery found and did; the lists name cells and files. */
export interface Recovered {
  readonly removed: readonly string[];
  readonly completed: readonly string[];
  readonly restored: readonly string[];
  readonly quarantined: readonly string[];
  readonly lost: readonly string[];
}

const longestWriteMs = 10 * 60_000;

/** Brings the lake back to what its records say. */
export async function recover(store: LocalStore, index: LakeIndex, help: RecoveryHelp): Promise<Recovered> {
  const removed = await removeDeadWrites(store, help.now());
  const candidates = await settleCandidates(store, help);
  const batches = await removeDeadBatches(store, help);
  const bronze = await compareBronze(store, index, help);
  return {
    removed: [...removed, ...candidates.removed, ...batches],
    completed: candidates.completed,
    ...bronze,
  };
}

/** A pending file is its writer's for moments; one whose process is gone, or that is old, is nobody's. */
async function removeDeadWrites(store: LocalStore, now: Date): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await store.namesIn(pendingFolder)) {
    const key = `${pendingFolder}/${name}`;
    const writtenAt = await stat(store.pathOf(key)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (writtenAt === undefined) continue;
    if (isOfDeadProcess(name) || now.getTime() - writtenAt > longestWriteMs) {
      await store.remove(key);
      removed.push(key);
    }
  }
  return removed;
}

function isOfDeadProcess(name: string): boolean {
  const [, host, pid] = /^(.*)\.(\d+)\.[^.]+$/.exec(name) ?? [];
  if (host === undefined || decodeSegment(host) !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isErrno(error, 'ESRCH');
  }
}

/** Candidates whose workflow has ended: a promise is kept, the rest removed. */
async function settleCandidates(
  store: LocalStore,
  help: RecoveryHelp,
): Promise<{ removed: string[]; completed: string[] }> {
  const removed: string[] = [];
  const completed: string[] = [];
  for (const key of await store.list('candidates')) {
    const candidate = candidateOfFile(key);
    if (!candidate) continue;
    const { cell, attemptId } = candidate;
    if (await help.isOpen(partitionId(cell), attemptId.split('.')[0] ?? '')) continue;
    const promise = await currentPublication(store, cell);
    if (promise?.record.candidate === key && (await fulfil(store, cell, promise)))
      completed.push(cellSegments(cell));
    await store.remove(key);
    removed.push(key);
  }
  return { removed, completed };
}

/** Raw pages that were being collected for a workflow that has ended. */
async function removeDeadBatches(store: LocalStore, help: RecoveryHelp): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await store.namesIn('incoming')) {
    const owner = await batchOwner(store, decodeSegment(name));
    if (owner && (await help.isOpen(owner.workflowId, owner.workflowRunId))) continue;
    await store.remove(`incoming/${name}`);
    removed.push(`incoming/${name}`);
  }
  return removed;
}

/** Holds what is in bronze against the records: a wrong or foreign file is set aside, a missing one restored. */
async function compareBronze(
  store: LocalStore,
  index: LakeIndex,
  help: RecoveryHelp,
): Promise<Pick<Recovered, 'restored' | 'quarantined' | 'lost'>> {
  const outcome = { restored: [] as string[], quarantined: [] as string[], lost: [] as string[] };
  const expected = await publishedSizes(index);
  for (const key of await store.list('bronze')) {
    const cell = cellOfPath(key);
    const place = cell && cellSegments(cell);
    if (place && key === bronzeFile(cell) && (await isWhole(store, key, expected.get(place)?.sizeBytes))) {
      expected.delete(place);
      continue;
    }
    // Claimed and renamed since the index was read: the record decides, not our list.
    if (
      cell &&
      key === bronzeFile(cell) &&
      !expected.has(place ?? '') &&
      (await currentPublication(store, cell))
    )
      continue;
    await store.promote(key, `refused/foreign/${key.replaceAll('/', '~')}`);
    outcome.quarantined.push(key);
  }
  for (const [place, { cell }] of expected) {
    const promise = await currentPublication(store, cell);
    const isBack = promise && ((await fulfil(store, cell, promise)) || (await help.restore(cell)));
    (isBack ? outcome.restored : outcome.lost).push(place);
  }
  return outcome;
}

async function publishedSizes(index: LakeIndex): Promise<Map<string, { sizeBytes: number; cell: CellKey }>> {
  const rows = await index.rows(
    'select source, resource, ticker, date::varchar as date, size_bytes::varchar as size_bytes from publications',
  );
  // The view's own columns, all written by our records.
  return new Map(
    (rows as Record<string, string>[]).map((row) => {
      const dataset = datasetId(row['source'] ?? '', row['resource'] ?? '');
      const cell = { dataset, ticker: row['ticker'] ?? '', date: row['date'] ?? '' };
      return [cellSegments(cell), { cell, sizeBytes: Number(row['size_bytes']) }];
    }),
  );
}

/** The right size and both of Parquet's marks; `verify` is what hashes everything. */
async function isWhole(store: LocalStore, key: string, sizeBytes: number | undefined): Promise<boolean> {
  if (sizeBytes === undefined) return false;
  const bytes = await readFile(store.pathOf(key));
  const mark = (part: Uint8Array): string => Buffer.from(part).toString('latin1');
  return (
    bytes.byteLength === sizeBytes &&
    mark(bytes.subarray(0, 4)) === 'PAR1' &&
    mark(bytes.subarray(-4)) === 'PAR1'
  );
}
