import type { CellKey } from '../workflows/pure/cell.ts';
import { datasetId } from '../workflows/pure/cell.ts';
import type { LakeIndex } from './lake-index.ts';
import { bronzeFile, cellOfPath, cellSegments, foreignFile } from './layout.ts';
import { currentPublication, fulfil, hashOf } from './promise.ts';
import { appendCellRecord, readCellRecords } from './records.ts';
import type { Recovered, RecoveryHelp } from './recovery.ts';
import type { Store } from './store.ts';

interface Expected {
  readonly cell: CellKey;
  readonly sha256: string;
}

type Outcome = { [Name in 'restored' | 'quarantined' | 'lost']: string[] };

/** Holds what is in bronze against the records: a wrong or foreign file is set aside, a missing one restored. */
export async function recoverBronze(
  store: Store,
  index: LakeIndex,
  help: Pick<RecoveryHelp, 'restore' | 'now'>,
): Promise<Pick<Recovered, keyof Outcome>> {
  const outcome: Outcome = { restored: [], quarantined: [], lost: [] };
  const expected = await publishedHashes(index);
  for (const key of await store.list('bronze')) {
    const cell = cellOfPath(key);
    const isPlace = cell !== undefined && key === bronzeFile(cell);
    const place = isPlace ? cellSegments(cell) : '';
    const isRight = isPlace && (await isRightFile(store, cell, key, expected.get(place)));
    if (isRight) expected.delete(place);
    else if (!isPlace || !(await isEarlierFile(store, cell, key))) {
      await setAside(store, key);
      outcome.quarantined.push(key);
    }
  }
  for (const [place, { cell }] of expected) {
    const isBack = await bringBack(store, cell, help);
    (isBack ? outcome.restored : outcome.lost).push(place);
    if (!isBack) await recordLoss(store, cell, help.now());
  }
  return outcome;
}

/** True where the file is what the records promise, or has just been made so. Restatements often have equal sizes. */
async function isRightFile(
  store: Store,
  cell: CellKey,
  key: string,
  expected: Expected | undefined,
): Promise<boolean> {
  if ((await hashOf(store, key)) === expected?.sha256) return true;
  // Claimed after the index was read, perhaps: the record decides, not our list. A living writer does not mind.
  const promise = await currentPublication(store, cell);
  return promise !== undefined && fulfil(store, cell, promise);
}

/** True for a file that was published before the newest promise, which is still to be kept: readers go on with it. */
async function isEarlierFile(store: Store, cell: CellKey, key: string): Promise<boolean> {
  const hash = await hashOf(store, key);
  const records = await readCellRecords(store, cell);
  return records.some(({ record }) => record.event === 'published' && record.sha256 === hash);
}

async function setAside(store: Store, key: string): Promise<void> {
  const hash = await hashOf(store, key);
  if (hash !== undefined) await store.promote(key, foreignFile(key, hash));
}

/** Keeps the newest promise from its candidate, or writes the file again from its batch. */
async function bringBack(store: Store, cell: CellKey, help: Pick<RecoveryHelp, 'restore'>): Promise<boolean> {
  const promise = await currentPublication(store, cell);
  if (!promise) return false;
  if (await fulfil(store, cell, promise)) return true;
  const { supersedes } = promise.record;
  if (supersedes) await store.keep(bronzeFile(cell), supersedes.keptAt);
  return help.restore(cell);
}

/** A file that cannot be brought back makes its cell failed, so that people see it and a later run takes it up. */
async function recordLoss(store: Store, cell: CellKey, now: Date): Promise<void> {
  const records = await readCellRecords(store, cell);
  const newest = records.at(-1)?.record;
  if (newest?.event !== 'published' && newest?.event !== 'unchanged') return;
  await appendCellRecord(store, cell, {
    event: 'failed',
    recordedAt: now.toISOString(),
    run: newest.run,
    code: 'LakeDamaged',
    reason:
      'its published file was gone or altered when a worker started, and its batch does not give the same bytes again; retry the cell to fetch it anew',
  });
}

async function publishedHashes(index: LakeIndex): Promise<Map<string, Expected>> {
  const rows = await index.rows(
    'select source, resource, ticker, date::varchar as date, sha256 from publications',
  );
  // The view's own columns, all written by our records.
  return new Map(
    (rows as Record<string, string>[]).map((row) => {
      const dataset = datasetId(row['source'] ?? '', row['resource'] ?? '');
      const cell = { dataset, ticker: row['ticker'] ?? '', date: row['date'] ?? '' };
      return [cellSegments(cell), { cell, sha256: row['sha256'] ?? '' }];
    }),
  );
}
