import type { Contract } from '../../contracts/contract.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchCache, type LoadedBatch } from '../../lake/batch-cache.ts';
import { cellBytes } from '../../lake/cell-bytes.ts';
import { LakeError } from '../../lake/lake-error.ts';
import type { JudgedCell } from '../../plan/judged-again.ts';
import { createSources } from '../../sources/index.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { CellFile, Judging } from './judging.ts';

/**
 * Makes the files that applying a contract would write, from staged batches, for as long as an act lasts. They lie
 * outside of the lake, where DuckDB can read them and nothing takes them for candidates.
 */
export async function withRebuiltFiles(
  { open, contract, toll }: Judging,
  cells: readonly JudgedCell[],
  act: (files: readonly CellFile[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'marketlake-contract-plan-'));
  try {
    const batches = new BatchCache(open.store);
    const files: CellFile[] = [];
    for (const [index, judged] of cells.entries()) {
      const loaded = await readIfSound(batches, splitDataset(judged.dataset).source, judged);
      const bytes = 'pages' in loaded ? bytesOf(open, contract, judged, loaded) : undefined;
      if (bytes) {
        const parquetPath = join(folder, `${index}.parquet`);
        await writeFile(parquetPath, bytes);
        files.push({ judged, parquetPath });
      } else {
        const why = 'why' in loaded ? loaded.why : `batch ${judged.batch.id} holds no row of it`;
        toll.addUntold(judged, why);
      }
    }
    await act(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bytesOf(
  open: OpenLake,
  contract: Contract,
  judged: JudgedCell,
  loaded: LoadedBatch,
): Uint8Array | undefined {
  const { source, resource } = splitDataset(judged.dataset);
  const reader = createSources({ csvFiles: open.settings.csvFiles }).get(source)?.resources[resource];
  const symbol = judged.symbol ?? configuredSymbol(open, judged);
  return reader && symbol !== undefined
    ? cellBytes(reader, contract, loaded, { ...judged, symbol })?.bytes
    : undefined;
}

/** One damaged batch leaves its own cells untold, and no others. */
async function readIfSound(
  batches: BatchCache,
  source: string,
  { batch }: JudgedCell,
): Promise<LoadedBatch | { readonly why: string }> {
  try {
    return await batches.read(source, batch);
  } catch (error) {
    if (error instanceof LakeError && error.code === 'LakeDamaged') return { why: error.message };
    throw error;
  }
}

/** Records of an earlier version do not name the symbol. */
function configuredSymbol(open: OpenLake, { dataset, ticker }: JudgedCell): string | undefined {
  const asset = open.settings.assets.find((candidate) => candidate.ticker === ticker);
  return asset?.sources.find((source) => source.dataset === dataset)?.symbol;
}
