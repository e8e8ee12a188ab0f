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
  readonly fetchedAt: string;
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly pages: readonly BatchPage[];
}

/** One record of a cell; a publication has the close that its file holds, and where that file lies now. */
export interface RecordOfCell extends Numbered<CellRecord> {
  readonly file: string | null;
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
  /** Batches that something names and that are not in staging: gone, or packed away. */
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
    else batches.push({ batch, folder, ...manifest });
  }
  return { batches, absentBatches };
}

/** A publication's file lies in bronze while it is the newest, and in `superseded/` once another replaced it. */
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
  return records.map((entry, place) => {
    const file = files[place] ?? null;
    return { ...entry, file, close: file === null ? null : (closes.get(file) ?? null) };
  });
}
