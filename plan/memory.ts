import type { LakeIndex } from '../lake/lake-index.ts';
import { cellSegments } from '../lake/layout.ts';
import { datasetId, splitDataset, type CellKey, type CellState } from '../workflows/pure/cell.ts';
import type { KnownCell, Memory } from './due-cells.ts';

/** A cell and what the lake remembers of it. */
export type Remembered = CellKey & { readonly known: KnownCell };

/** Reads what the lake remembers of every cell, to be looked up by cell. */
export async function readMemory(index: LakeIndex): Promise<Memory> {
  const known = new Map((await knownCells(index, 'all')).map((row) => [cellSegments(row), row.known]));
  return (dataset, ticker, date) => known.get(cellSegments({ dataset, ticker, date }));
}

/** Reads what the lake remembers of all cells, or of those that were refused or failed. */
export async function knownCells(index: LakeIndex, which: 'all' | 'troubled'): Promise<Remembered[]> {
  const where = which === 'all' ? '' : "where state in ('refused', 'failed')";
  const rows = await index.rows(
    `select source, resource, ticker, date::varchar as date, state, run, code,
     coalesce(reason, acceptance_reason) as reason, is_accepted::varchar as is_accepted, batch_id, ingestion_date
     from cells ${where} order by source, resource, ticker, date`,
  );
  // The view's own columns: text throughout, null where a record says nothing.
  return (rows as Record<string, string | null>[]).map(remembered);
}

/** Reads what the lake remembers of one cell; undefined where nothing was ever done. */
export async function knownCell(
  index: LakeIndex,
  { dataset, ticker, date }: CellKey,
): Promise<KnownCell | undefined> {
  const { source, resource } = splitDataset(dataset);
  const rows = await index.rows(
    `select source, resource, ticker, date::varchar as date, state, run, code,
     coalesce(reason, acceptance_reason) as reason, is_accepted::varchar as is_accepted, batch_id, ingestion_date
     from cells where source = $source and resource = $resource and ticker = $ticker and date = $date::date`,
    { source, resource, ticker, date },
  );
  // The view's own columns: text throughout, null where a record says nothing.
  return (rows as Record<string, string | null>[]).map(remembered)[0]?.known;
}

function remembered(row: Record<string, string | null>): Remembered {
  const known: KnownCell = {
    state: row['state'] as CellState,
    ...(row['run'] ? { run: row['run'] } : {}),
    ...(row['code'] ? { code: row['code'] } : {}),
    ...(row['reason'] ? { reason: row['reason'] } : {}),
    ...(row['is_accepted'] === 'true' ? { isAccepted: true } : {}),
    ...(row['batch_id'] && row['ingestion_date']
      ? { batch: { id: row['batch_id'], ingestionDate: row['ingestion_date'] } }
      : {}),
  };
  return {
    dataset: datasetId(row['source'] ?? '', row['resource'] ?? ''),
    ticker: row['ticker'] ?? '',
    date: row['date'] ?? '',
    known,
  };
}
