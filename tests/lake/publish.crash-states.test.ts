import { beforeAll, describe, expect, it } from 'vitest';
import { bronzeFile, cellRecordsFolder, supersededFile } from '../../lake/layout.ts';
import { cellFile, openStore, publishFile, stockCell, temporaryFolders } from './support/lake.ts';
import {
  crashStates,
  diskOf,
  operationsOf,
  type CrashState,
  type Disk,
  type FileOperation,
} from './support/crash-states.ts';
import { runActs } from './support/run-acts.ts';

const folder = temporaryFolders();
const cell = stockCell('A');
const place = bronzeFile(cell);
const kept = supersededFile(cell, 1);

interface Traced {
  readonly disk: Disk;
  readonly operations: readonly FileOperation[];
  /** The files of the old publication, the new one, and the new record. */
  readonly old: number | undefined;
  readonly fresh: number;
  readonly record: string;
}

/** Publishes once for real, in a process of its own, and reads what it did to the disk. */
async function traced(isRestatement: boolean): Promise<Traced> {
  const root = folder();
  const store = openStore(root);
  await publishFile(store, stockCell('OTHER'), 'run-0.w.1', cellFile(cell, 1));
  if (isRestatement) await publishFile(store, cell, 'run-0.w.1', cellFile(cell, 1));
  const disk = diskOf(await store.list('.'));
  const { told, complaint } = await runActs([{ act: 'publish', root, close: 2 }]);
  expect([complaint, told[0]?.ended]).toEqual(['', 'answered']);
  const operations = operationsOf(disk, root, told[0]?.calls ?? []);
  const moved = operations.find((each) => each.kind === 'move' && each.path === place);
  if (moved?.kind !== 'move') throw new Error('Nothing was moved into bronze');
  const record = `${cellRecordsFolder(cell)}/00000${isRestatement ? 2 : 1}.json`;
  return { disk, operations, old: disk.names.get(place), fresh: moved.inode, record };
}

/** Says what of a state a reader, or recovery, could not live with. */
function complaintOf({ old, fresh, record, operations }: Traced, state: CrashState): string | undefined {
  const has = (path: string, inode?: number): boolean => {
    const found = state.names.get(path);
    return found !== undefined && (inode === undefined || found === inode) && state.whole.has(found);
  };
  const shown = state.names.get(place);
  if (shown !== undefined && !state.whole.has(shown)) return 'torn';
  if (shown === undefined && old !== undefined) return 'missing';
  if (state.names.has(record) && !has(record)) return 'torn record';
  const isAnswered = state.after === operations.length;
  if (isAnswered && shown !== fresh) return 'lost';
  if (shown === fresh && !has(record)) return 'without its record';
  if (shown === fresh && old !== undefined && !has(kept, old)) return 'replaced and not kept';
  const candidates = [...state.names].some(
    ([path, inode]) => path.startsWith('candidates/') && inode === fresh && has(path),
  );
  if (has(record) && shown !== fresh && !candidates) return 'a promise that nobody can keep';
  return undefined;
}

function complaints(trace: Traced, operations = trace.operations): { states: number; bad: string[] } {
  let states = 0;
  const bad = new Set<string>();
  for (const state of crashStates(trace.disk, operations)) {
    states += 1;
    const complaint = complaintOf({ ...trace, operations }, state);
    if (complaint !== undefined) bad.add(complaint);
  }
  return { states, bad: [...bad].sort() };
}

describe.each([
  { title: 'a first publication', isRestatement: false, fewest: 40 },
  { title: 'a restatement', isRestatement: true, fewest: 60 },
])('$title', ({ isRestatement, fewest }) => {
  let trace: Traced;
  beforeAll(async () => {
    trace = await traced(isRestatement);
  });

  it('is right in every state that a power cut may leave, whatever of the unsynced reached the disk', () => {
    const { states, bad } = complaints(trace);
    expect(bad).toEqual([]);
    expect(states).toBeGreaterThan(fewest);
  });

  it('would not be without the syncs of files: the states show it', () => {
    const without = trace.operations.filter(({ kind }) => kind !== 'sync-file');
    expect(complaints(trace, without).bad).toContain('torn');
  });

  it('would not be without the last sync, that of the folder in bronze: the states show it', () => {
    expect(complaints(trace, trace.operations.slice(0, -1)).bad).toEqual(['lost']);
  });

  it('would not be with the rename before the record: the states show it', () => {
    const isMove = (each: FileOperation): boolean => each.kind === 'move' && each.path === place;
    const at = trace.operations.findIndex((each) => each.kind === 'name' && each.path === trace.record);
    const others = trace.operations.filter((each) => !isMove(each));
    const early = [...others.slice(0, at), ...trace.operations.filter(isMove), ...others.slice(at)];
    expect(complaints(trace, early).bad).toContain('without its record');
  });
});
