import { readKept } from '../../lake/archive/archives.ts';
import { LakeError } from '../../lake/lake-error.ts';
import { readManifest, type BatchPage } from '../../lake/batches.ts';
import { readCloses } from '../../lake/closes.ts';
import { bronzeFile, stagingFolder } from '../../lake/layout.ts';
import { readCellRecords, type CellRecord, type Numbered } from '../../lake/records.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import type { BatchRef } from '../../workflows/pure/run.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { CellStanding } from '../run/cells-of-request.ts';
import { readAudits, type AuditOfCell } from './audits-of-cell.ts';
import { readIndexedNotes, type ClosedNote, type WindowFailure } from './indexed-notes.ts';

/** A batch of raw answers in which a cell was looked for. */
export interface BatchOfCell {
  readonly batch: BatchRef;
  /** Below the lake's root. */
  readonly folder: string;
  /** The archive that it was packed into; null while it lies in its folder. */
  readonly archive: string | null;
  readonly fetchedAt: string;
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly pages: readonly BatchPage[];
}

/** One record of a cell; a publication has the close that its file holds, and where that file lies now. */
export interface RecordOfCell extends Numbered<CellRecord> {
  readonly file: string | null;
  /** The archive that the file was packed into; null where it lies in its place, or is gone. */
  readonly archive: string | null;
  readonly close: number | null;
}

/** Everything that the lake knows of one cell. */
export interface CellStory {
  readonly cell: CellKey;
  /** How it stands, as status shows it. */
  readonly standing: CellStanding;
  readonly closedNotes: readonly ClosedNote[];
  readonly windowFailures: readonly WindowFailure[];
  readonly batches: readonly BatchOfCell[];
  /** Batches that something names and that are neither in staging nor in an archive. */
  readonly absentBatches: readonly string[];
  readonly audits: readonly AuditOfCell[];
  readonly records: readonly RecordOfCell[];
}

/** Reads the story of one cell out of the lake: records, verdicts, manifests, and the files that they name. */
export async function readStory(open: OpenLake, standing: CellStanding): Promise<CellStory> {
  const { dataset, ticker, date } = standing;
  const cell = { dataset, ticker, date };
  const records = await readCellRecords(open.store, cell);
  const audits = await readAudits(open.store, cell, records);
  const notes = await readIndexedNotes(open.index, cell);
  const named = [...records.map(({ record }) => record.batch), ...audits.map(({ batch }) => batch)];
  const batches = await readBatches(open, cell, named);
  return { cell, standing, ...notes, ...batches, audits, records: await withFiles(open, cell, records) };
}

async function readBatches(
  open: OpenLake,
  cell: CellKey,
  named: readonly (BatchRef | undefined)[],
): Promise<Pick<CellStory, 'batches' | 'absentBatches'>> {
  const { source } = splitDataset(cell.dataset);
  const batches: BatchOfCell[] = [];
  const absentBatches: string[] = [];
  const references = new Map(named.flatMap((batch) => (batch ? [[batch.id, batch] as const] : [])));
  for (const batch of references.values()) {
    const manifest = await readManifest(open.store, source, batch);
    const folder = stagingFolder(source, batch.ingestionDate, batch.id);
    if (!manifest) absentBatches.push(folder);
    else
      batches.push({ batch, folder, archive: await archiveOf(open, `${folder}/manifest.json`), ...manifest });
  }
  return { batches, absentBatches };
}

/**
 * A publication's file lies in bronze while it is the newest, then in `superseded/`, and in an archive once that is
 * old.
 */
async function withFiles(
  open: OpenLake,
  cell: CellKey,
  records: readonly Numbered<CellRecord>[],
): Promise<RecordOfCell[]> {
  const keptAt = new Map(
    records.flatMap(({ record: { supersedes } }) =>
      supersedes ? [[supersedes.number, supersedes.keptAt] as const] : [],
    ),
  );
  const files = records.map(({ number, record }) =>
    record.event === 'published' ? (keptAt.get(number) ?? bronzeFile(cell)) : null,
  );
  const closes = await readCloses(open.store, files);
  const archives = await Promise.all(
    files.map(async (file) => (file === null ? null : archiveOf(open, file))),
  );
  return records.map((entry, place) => {
    const file = files[place] ?? null;
    const close = file === null ? null : (closes.get(file) ?? null);
    return { ...entry, file, archive: archives[place] ?? null, close };
  });
}

/** The archive in which a file lies, where it lies in one; a damaged archive says so to whoever reads it. */
async function archiveOf(open: OpenLake, file: string): Promise<string | null> {
  const kept = await readKept(open.store, file).catch(unlessDamaged);
  return kept?.archive ?? null;
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof LakeError)) throw error;
}
