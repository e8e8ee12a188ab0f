import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { candidateOfFile, cellSegments, readSegment } from './layout.ts';
import type { LakeIndex } from './lake-index.ts';
import { pendingFolder, type LocalStore } from './local-store.ts';
import { batchOwner } from './batches.ts';
import { currentPublication, fulfil } from './promise.ts';
import { isErrno } from './lake-error.ts';
import { recoverBronze } from './recover-bronze.ts';
import type { Recovered, RecoveryHelp } from './recovery.ts';
import { partitionId, togetherId } from '../workflows/pure/ids.ts';

/**
 * What a start puts right after processes died: remains of dead writers are removed, promised renames are
 * made, and published files that are missing or are not the record's are restored. It may run at any time,
 * beside living workers, and twice.
 */

const longestWriteMs = 10 * 60_000;

/** Brings the lake back to what its records say. */
export async function recover(store: LocalStore, index: LakeIndex, help: RecoveryHelp): Promise<Recovered> {
  return { ...(await recoverRemains(store, help)), ...(await recoverBronze(store, index, help)) };
}

/** The part that takes moments, however much is published: what dead writers left is removed or carried out. */
export async function recoverRemains(
  store: LocalStore,
  help: Pick<RecoveryHelp, 'isOpen' | 'now'>,
): Promise<Pick<Recovered, 'removed' | 'completed'>> {
  const removed = await removeDeadWrites(store, help.now());
  const candidates = await settleCandidates(store, help);
  const batches = await removeDeadBatches(store, help);
  return { removed: [...removed, ...candidates.removed, ...batches], completed: candidates.completed };
}

/** Removes what is nobody's, and says what it was. */
export async function removeDeadWrites(store: LocalStore, now: Date): Promise<string[]> {
  const dead = await deadWrites(store, now);
  for (const key of dead) await store.remove(key);
  return dead;
}

/** Finds pending files that are nobody's: each is its writer's for moments, until its process is gone or it is old. */
export async function deadWrites(store: LocalStore, now: Date): Promise<string[]> {
  const dead: string[] = [];
  for (const name of await store.namesIn(pendingFolder)) {
    const key = `${pendingFolder}/${name}`;
    const writtenAt = await stat(store.pathOf(key)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (writtenAt === undefined) continue;
    if (isOfDeadProcess(name) || now.getTime() - writtenAt > longestWriteMs) dead.push(key);
  }
  return dead;
}

function isOfDeadProcess(name: string): boolean {
  const [, host, pid] = /^(.*)\.(\d+)\.[^.]+$/.exec(name) ?? [];
  if (host === undefined || readSegment(host) !== hostname()) return false;
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
  help: Pick<RecoveryHelp, 'isOpen'>,
): Promise<{ removed: string[]; completed: string[] }> {
  const removed: string[] = [];
  const completed: string[] = [];
  for (const key of await store.list('candidates')) {
    const candidate = candidateOfFile(key);
    if (!candidate) continue;
    const { cell, attemptId, monthOfBatch } = candidate;
    const owner = monthOfBatch === undefined ? partitionId(cell) : togetherId(cell, monthOfBatch);
    if (await help.isOpen(owner, attemptId.split('.')[0] ?? '')) continue;
    const promise = await currentPublication(store, cell);
    if (promise?.record.candidate === key && (await fulfil(store, cell, promise)))
      completed.push(cellSegments(cell));
    await store.remove(key);
    removed.push(key);
  }
  return { removed, completed };
}

/** Raw pages that were being collected for a workflow that has ended. */
async function removeDeadBatches(store: LocalStore, help: Pick<RecoveryHelp, 'isOpen'>): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await store.namesIn('incoming')) {
    const batchId = readSegment(name);
    // Not a name of ours: not ours to remove.
    if (batchId === undefined) continue;
    const owner = await batchOwner(store, batchId);
    if (owner && (await help.isOpen(owner.workflowId, owner.workflowRunId))) continue;
    await store.remove(`incoming/${name}`);
    removed.push(`incoming/${name}`);
  }
  return removed;
}
