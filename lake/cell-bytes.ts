import type { Contract } from '../contracts/contract.ts';
import type { Resource, SourceRow } from '../sources/source.ts';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import { askedOn } from './asked-on.ts';
import type { LoadedBatch } from './batch-cache.ts';
import type { Manifest } from './batches.ts';
import { canonicalJson, sha256 } from './json.ts';
import { encodeParquet, type ParquetValue } from './parquet.ts';

/** A cell's file, before anybody wrote it. */
export interface CellBytes {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** The hash of what the source said, under which contract version: the same whatever batch it came with. */
  readonly contentSha256: string;
}

/** A cell and the batch it is taken from. */
export interface CellOfBatch extends CellKey {
  readonly symbol: string;
  readonly batch: BatchRef;
}

/**
 * Takes a cell's rows out of its batch and encodes them; undefined where the answer has none for that day.
 * The same batch, contract and writer give the same bytes.
 */
export function cellBytes(
  resource: Resource,
  contract: Contract,
  { manifest, pages }: LoadedBatch,
  cell: CellOfBatch,
): CellBytes | undefined {
  const rows = resource.rowsOfCell(pages, askedOn(manifest.ask, cell.batch.ingestionDate), cell);
  if (rows.length === 0) return undefined;
  // Nulls are the audit's to refuse, so the file must be able to hold them.
  const columns = contract.columns.map(({ name, logicalType }) => ({
    name,
    type: logicalType,
    nullable: true,
  }));
  const full = rows.map((row) => fullRow(row, cell, manifest, contract));
  const metadata = { batchId: manifest.batchId, contract: contract.id, contractVersion: contract.version };
  const contentSha256 = sha256(canonicalJson({ contractVersion: contract.version, rows }));
  return { bytes: encodeParquet(columns, full, metadata), rowCount: rows.length, contentSha256 };
}

function fullRow(
  row: SourceRow,
  cell: CellKey,
  manifest: Manifest,
  contract: Contract,
): Record<string, ParquetValue> {
  const { source, resource } = splitDataset(cell.dataset);
  return {
    ...row,
    source_id: source,
    resource_id: resource,
    ticker_id: cell.ticker,
    bar_date: cell.date,
    __batch_id: manifest.batchId,
    __source_name: source,
    __ingested_at: manifest.fetchedAt,
    __schema_version: contract.version,
  };
}
