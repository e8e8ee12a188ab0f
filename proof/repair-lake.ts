import { readArchiveManifest } from '../lake/archive/archives.ts';
import { sha256 } from '../lake/json.ts';
import { isErrno } from '../lake/lake-error.ts';
import {
  archiveManifestFile,
  archiveOfFile,
  bronzeFile,
  foreignFile,
  supersededFile,
} from '../lake/layout.ts';
import type { LocalStore } from '../lake/local-store.ts';
import { currentPublication, fulfil, hashOf } from '../lake/promise.ts';
import { readPublications, type PublicationRecord } from '../lake/publication-files.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import { orWords } from './or-words.ts';
import type { ProofLake } from './proof-lake.ts';
import { rebuildPublication } from './rebuild-publication.ts';
import type { Finding } from './verify/finding.ts';

/** What became of one finding. */
export interface Repair {
  readonly finding: Finding;
  readonly outcome: 'restored' | 'set-aside' | 'removed' | 'not-repaired';
  /** Why nothing was repaired; empty where it was. */
  readonly reason: string;
}

type LakeToRepair = ProofLake & { readonly store: LocalStore };

/** Losing to a living worker so often in a row means that the cell is in good hands. */
const mostTries = 5;

/**
 * Mends what can be mended without touching staging, records or audits: published and superseded files are
 * written again from their batches if that gives their very bytes, what nothing names is set aside, remains of dead
 * writers are removed. It may be stopped anywhere and run again, and beside living workers.
 */
export async function repairLake(lake: LakeToRepair, findings: readonly Finding[]): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (const finding of findings) repairs.push(await repairOne(lake, finding));
  return repairs;
}

async function repairOne(lake: LakeToRepair, finding: Finding): Promise<Repair> {
  const { remedy, path } = finding;
  const done = (outcome: Repair['outcome'], reason = ''): Repair => ({ finding, outcome, reason });
  switch (remedy.remedy) {
    case 'restore-published': {
      const reason = await restorePublished(lake, remedy.cell);
      return reason === undefined ? done('restored') : done('not-repaired', reason);
    }
    case 'restore-superseded': {
      const reason = await restoreSuperseded(lake, remedy.cell, remedy.number);
      return reason === undefined ? done('restored') : done('not-repaired', reason);
    }
    case 'restore-archive-list': {
      const reason = await restoreArchiveList(lake.store, remedy.archive);
      return reason === undefined ? done('restored') : done('not-repaired', reason);
    }
    case 'set-aside':
      await setAside(lake.store, path);
      return done('set-aside');
    case 'remove':
      await lake.store.remove(path);
      if (path.endsWith('.duckdb')) await lake.store.remove(`${path}.wal`);
      return done('removed');
    case 'none':
      return done('not-repaired', finding.advice);
  }
}

/** Puts the file of a cell's newest publication into its place; answers why not, where it cannot. */
async function restorePublished(lake: LakeToRepair, cell: CellKey): Promise<string | undefined> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const current = await currentPublication(lake.store, cell);
    if (!current) return 'no record says that the cell was published';
    // Its candidate may still lie ready: its writer died, or is at it this moment.
    if (await fulfil(lake.store, cell, current)) return undefined;
    const bytes = await bytesOf(lake, cell, current);
    if (typeof bytes === 'string') return bytes;
    await clearPlace(lake.store, cell, current);
    await lake.store.put(bronzeFile(cell), bytes);
    // A worker that published meanwhile has the last word: its file may lie under ours.
    if ((await currentPublication(lake.store, cell))?.number === current.number) return undefined;
  }
  return 'it is being published over and over; look again when no run is on';
}

/** Keeps what lies in bronze: an earlier publication where it belongs, anything else aside. */
async function clearPlace(store: LocalStore, cell: CellKey, { record }: PublicationRecord): Promise<void> {
  const place = bronzeFile(cell);
  const hash = await hashOf(store, place);
  if (hash === undefined) return;
  if (record.supersedes?.sha256 === hash) await store.keep(place, record.supersedes.keptAt);
  else await store.promote(place, foreignFile(place, hash));
}

async function restoreSuperseded(
  lake: LakeToRepair,
  cell: CellKey,
  number: number,
): Promise<string | undefined> {
  const publication = (await readPublications(lake.store, cell)).find((each) => each.number === number);
  if (!publication) return `record ${number} says nothing of a publication`;
  const bytes = await bytesOf(lake, cell, publication);
  if (typeof bytes === 'string') return bytes;
  const place = supersededFile(cell, number);
  if ((await hashOf(lake.store, place)) !== publication.record.sha256) await setAside(lake.store, place);
  await lake.store.put(place, bytes);
  return undefined;
}

/** The list of an archive's members lies in the archive too. */
async function restoreArchiveList(store: LocalStore, file: string): Promise<string | undefined> {
  const known = archiveOfFile(file);
  const read = known && (await orWords(readArchiveManifest(store, { file, ...known })));
  if (typeof read !== 'object') return read ?? `there is no ${file}`;
  await store.put(archiveManifestFile(file), read.bytes);
  return undefined;
}

/** The very bytes of a publication, from its batch; or why they cannot be had, and what to do. */
async function bytesOf(
  lake: LakeToRepair,
  cell: CellKey,
  publication: PublicationRecord,
): Promise<Uint8Array | string> {
  const rebuilt = await rebuildPublication(lake, cell, publication);
  const instead = `Restore the file from a backup, or fetch the cell anew with npx tsx client/retry.ts ${cell.date} ${cell.ticker} --force`;
  if (rebuilt.outcome === 'not-rebuilt') return `${rebuilt.cause}: ${rebuilt.found}. ${instead}.`;
  if (rebuilt.isSameBytes) return rebuilt.encoded.bytes;
  const { writer = 'unknown' } = publication.record;
  const found = rebuilt.isOtherContent
    ? 'reader-differs'
    : rebuilt.isSameWriter
      ? 'bytes-differ'
      : 'writer-differs';
  return `${found}: its batch gives other bytes today (it was written by ${writer}). ${instead}.`;
}

/** A file is named by its content there, so that two of one name keep apart; a folder goes file by file. */
async function setAside(store: LocalStore, path: string): Promise<void> {
  const bytes = await store.get(path).catch((error: unknown) => {
    if (isErrno(error, 'EISDIR')) return undefined;
    throw error;
  });
  if (bytes) await store.promote(path, foreignFile(path, sha256(bytes)));
  else for (const key of await store.list(path)) await setAside(store, key);
}
