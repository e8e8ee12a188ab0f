import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { everyDay } from '../../calendars/every-day.ts';
import { sha256 } from '../../lake/json.ts';
import { cellRecordsFolder, windowRecordsFolder } from '../../lake/layout.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { encodeParquet } from '../../lake/parquet.ts';
import { publishCandidate, writeCandidate, type Candidate, type Publication } from '../../lake/publish.ts';
import { appendCellRecord, appendRecord, claimRecord, recordNumbers } from '../../lake/records.ts';
import type { CellRecord } from '../../lake/records.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { inputsOfLake, type LakeToModel } from '../../warehouse/lake-inputs.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { sqlFolder } from './tiny-lake.ts';

const contracts = loadContracts(join(import.meta.dirname, '../../contracts'));

/** Bitcoin's cell of one day. */
export function bitcoin(date: string): CellKey {
  return { dataset: 'coingecko.market_chart', ticker: 'BTC', date };
}

/** A lake whose every file and record the house itself wrote, at instants that a test chooses. */
export class RecordedLake {
  readonly store: LocalStore;
  readonly index: LakeIndex;
  #attempts = 0;

  constructor(readonly folder: string) {
    this.store = new LocalStore(folder);
    this.index = new LakeIndex(this.store);
  }

  /** The lake as a build takes it, with Bitcoin as its one asset. */
  get toModel(): LakeToModel {
    const source = { dataset: 'coingecko.market_chart', symbol: 'bitcoin' };
    const asset = {
      ticker: 'BTC',
      class: 'crypto',
      calendar: 'every-day',
      currency: 'USD',
      sources: [source],
    };
    return {
      lake: { market: 'sample' },
      store: this.store,
      index: this.index,
      contracts,
      assets: [{ ...asset, class: 'crypto', calendar: 'every-day' }],
      plannedAssets: async () => [{ ticker: 'BTC', calendar: everyDay }],
      sqlFolder,
    };
  }

  /** Builds the lake's own warehouse of what is published by now. */
  async build(now: string): Promise<void> {
    const indexPath = join(this.folder, 'copy.duckdb');
    await this.index.copyTo(indexPath);
    await buildWarehouse(
      await inputsOfLake(this.toModel, {
        warehousePath: join(this.folder, 'warehouse.duckdb'),
        indexPath,
        bronzeFolder: join(this.folder, 'bronze'),
        builtBy: 'daily/test',
        now: new Date(now),
      }),
    );
    await rm(indexPath);
  }

  /** Publishes a close of Bitcoin as if at an instant. */
  async publish(date: string, close: number, at: string): Promise<Publication> {
    const { candidate, facts } = await this.#candidate(date, close, at);
    return publishCandidate(this.store, bitcoin(date), candidate, facts);
  }

  /** Records the publication of a close whose writer died before its file was moved. */
  async promise(date: string, close: number, at: string): Promise<string> {
    const { candidate, facts } = await this.#candidate(date, close, at);
    const folder = cellRecordsFolder(bitcoin(date));
    const record = { ...facts, event: 'published', candidate: candidate.file, sha256: candidate.sha256 };
    await claimRecord(this.store, folder, candidate.number, record);
    return candidate.file;
  }

  /** Records what else happened to a cell. */
  async note(date: string, at: string, note: Partial<CellRecord> & Pick<CellRecord, 'event'>): Promise<void> {
    await appendCellRecord(this.store, bitcoin(date), { recordedAt: at, run: 'daily/test', ...note });
  }

  /** Records that a window of one day could not be fetched. */
  async windowFailure(date: string, at: string, reason: string): Promise<void> {
    const cell = bitcoin(date);
    const numbers = await recordNumbers(this.store, cellRecordsFolder(cell));
    await appendRecord(this.store, windowRecordsFolder(`window/${cell.dataset}/BTC/${date}..${date}`), {
      event: 'failed',
      recordedAt: at,
      run: 'daily/test',
      dataset: cell.dataset,
      code: 'SourceUnavailable',
      reason,
      cells: [{ ticker: 'BTC', date, after: numbers.at(-1) ?? 0 }],
    });
  }

  async #candidate(
    date: string,
    close: number,
    at: string,
  ): Promise<{ candidate: Candidate; facts: Omit<CellRecord, 'event'> }> {
    this.#attempts += 1;
    const cell = bitcoin(date);
    const batch = { id: `batch-${this.#attempts}`, ingestionDate: at.slice(0, 10) };
    const bytes = fileOf(cell, close, batch.id, at);
    const attempt = `run-${this.#attempts}.write.1`;
    const candidate = await writeCandidate(this.store, cell, attempt, bytes, 1, sha256(String(close)));
    const facts = {
      recordedAt: at,
      run: 'daily/test',
      workflowId: `partition/${date}/BTC/${cell.dataset}`,
      workflowRunId: `run-${this.#attempts}`,
      batch,
      contractVersion: versionOf(cell),
    };
    return { candidate, facts };
  }
}

function versionOf({ dataset }: CellKey): string {
  return contracts.get(dataset)?.version ?? '';
}

function fileOf(cell: CellKey, close: number, batchId: string, at: string): Uint8Array {
  const columns = (contracts.get(cell.dataset)?.columns ?? []).map(({ name, logicalType }) => ({
    name,
    type: logicalType,
    nullable: true,
  }));
  const row = {
    source_id: 'coingecko',
    resource_id: 'market_chart',
    ticker_id: cell.ticker,
    bar_date: cell.date,
    close,
    __batch_id: batchId,
    __source_name: 'coingecko',
    __ingested_at: at,
    __schema_version: versionOf(cell),
  };
  return encodeParquet(columns, [row], { batchId });
}
