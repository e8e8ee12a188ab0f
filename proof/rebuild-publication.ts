import type { Contract } from '../contracts/contract.ts';
import type { LoadedBatch } from '../lake/batch-cache.ts';
import { readManifest } from '../lake/batches.ts';
import { cellBytes, type CellBytes } from '../lake/cell-bytes.ts';
import { sha256 } from '../lake/json.ts';
import { LakeError } from '../lake/lake-error.ts';
import { writerVersion } from '../lake/parquet.ts';
import type { PublicationRecord } from '../lake/publication-files.ts';
import type { CellRecord } from '../lake/records.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Resource } from '../sources/source.ts';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import type { ProofLake } from './proof-lake.ts';

/** Why a publication's bytes cannot be made again, or are others. */
export type DifferenceCause =
  | 'record-altered'
  | 'record-incomplete'
  | 'batch-gone'
  | 'batch-altered'
  | 'contract-gone'
  | 'contract-altered'
  | 'reader-gone'
  /** The source's reader finds other rows in the raw answer than it did then. */
  | 'reader-differs'
  /** The same rows, in other bytes, from the writer that the record names. */
  | 'bytes-differ'
  /** Another writer, and the rows of the published file are others. */
  | 'rows-differ'
  /** Another writer, and no published file is left whose rows could be compared. */
  | 'writer-differs';

/** A publication that could not be made again, and why. */
export interface NotRebuilt {
  readonly outcome: 'not-rebuilt';
  readonly cause: DifferenceCause;
  readonly found: string;
}

/** A publication's file as its batch, contract and reader give it today. */
export interface RebuiltPublication {
  readonly outcome: 'rebuilt';
  readonly encoded: CellBytes;
  readonly sha256: string;
  /** True where these are the bytes that the record names. */
  readonly isSameBytes: boolean;
  /** True where the record names the writer that is in use: then the bytes must be the same. */
  readonly isSameWriter: boolean;
  /** True where the record knows the hash of what the source said, and it is another. */
  readonly isOtherContent: boolean;
  readonly contract: Contract;
  readonly contractFile: string;
  readonly batch: BatchRef;
  readonly loaded: LoadedBatch;
  readonly resource: Resource;
  readonly symbol: string;
}

/** Makes the file of one publication again from its staged batch, by the contract that the lake keeps. */
export async function rebuildPublication(
  lake: ProofLake,
  cell: CellKey,
  { record }: PublicationRecord,
): Promise<RebuiltPublication | NotRebuilt> {
  const { source, resource: resourceName } = splitDataset(cell.dataset);
  const resource = lake.sources.get(source)?.resources[resourceName];
  if (!resource) return notRebuilt('reader-gone', `this version knows no dataset ${cell.dataset}`);
  const shelved = await contractOf(lake, cell, record);
  if (shelved.outcome === 'not-rebuilt') return shelved;
  const { batch } = record;
  if (!batch) return notRebuilt('record-incomplete', 'the record names no batch');
  const loaded = await loadBatch(lake, source, batch);
  if ('outcome' in loaded) return loaded;
  const { ask } = loaded.manifest;
  const symbol = record.symbol ?? (ask.kind === 'range' ? ask.symbol : undefined);
  if (symbol === undefined) return notRebuilt('record-incomplete', 'the record names no symbol');
  const { contract, contractFile } = shelved;
  const encoded = readCell(() => cellBytes(resource, contract, loaded, { ...cell, symbol, batch }));
  if ('outcome' in encoded) return encoded;
  const hash = sha256(encoded.bytes);
  return {
    outcome: 'rebuilt',
    encoded,
    sha256: hash,
    isSameBytes: hash === record.sha256,
    isSameWriter: record.writer === writerVersion,
    isOtherContent: record.contentSha256 !== undefined && record.contentSha256 !== encoded.contentSha256,
    contract,
    contractFile,
    batch,
    loaded,
    resource,
    symbol,
  };
}

type Shelved =
  { readonly outcome: 'found'; readonly contract: Contract; readonly contractFile: string } | NotRebuilt;

async function contractOf(lake: ProofLake, cell: CellKey, record: CellRecord): Promise<Shelved> {
  const { contractVersion: version, contractSha256 } = record;
  if (version === undefined || contractSha256 === undefined)
    return notRebuilt(
      'record-incomplete',
      'the record does not say which contract file it was published under',
    );
  const shelved = await lake.contracts.find({ dataset: cell.dataset, version, sha256: contractSha256 });
  if (shelved.outcome === 'found')
    return { outcome: 'found', contract: shelved.contract, contractFile: shelved.file };
  return notRebuilt(
    shelved.outcome === 'gone' ? 'contract-gone' : 'contract-altered',
    `${shelved.file}: ${shelved.found}`,
  );
}

async function loadBatch(
  lake: ProofLake,
  source: string,
  batch: BatchRef,
): Promise<LoadedBatch | NotRebuilt> {
  try {
    return await lake.batches.read(source, batch);
  } catch (error) {
    if (!(error instanceof LakeError) || error.code !== 'LakeDamaged') throw error;
    const isThere = await readManifest(lake.store, source, batch).catch(() => true);
    return notRebuilt(isThere ? 'batch-altered' : 'batch-gone', error.message);
  }
}

/** A reader that refuses what it once read has changed, or its configuration has (a csv file that is named no more). */
function readCell(read: () => CellBytes | undefined): CellBytes | NotRebuilt {
  try {
    return read() ?? notRebuilt('reader-differs', 'the reader finds no row of this day in the raw answer');
  } catch (error) {
    if (error instanceof SourceError) return notRebuilt('reader-differs', error.message);
    throw error;
  }
}

function notRebuilt(cause: DifferenceCause, found: string): NotRebuilt {
  return { outcome: 'not-rebuilt', cause, found };
}
