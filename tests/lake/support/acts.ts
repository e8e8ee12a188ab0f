import { claimBatch, keepArrived } from '../../../lake/batches.ts';
import { encodeParquet } from '../../../lake/parquet.ts';
import { publishCandidates, type AuditedCell, type CellPublication } from '../../../lake/publish-many.ts';
import { publishCandidate, writeCandidate, type Publication } from '../../../lake/publish.ts';
import type { Store } from '../../../lake/store.ts';
import type { CellKey } from '../../../workflows/pure/cell.ts';

/** A cell of one stock. */
export function stockCell(ticker: string, date = '2026-01-05'): CellKey {
  return { dataset: 'massive.daily_bars', ticker, date };
}

/** What a publication says beyond its content. */
export const facts = { recordedAt: '2026-01-06T07:00:00.000Z', run: 'daily/2026-01-05' };

/** A real Parquet file of one row, whose bytes differ by cell and close. */
export function cellFile(cell: CellKey, close: number): Uint8Array {
  const columns = [
    { name: 'ticker_id', type: 'string', nullable: true },
    { name: 'bar_date', type: 'date', nullable: true },
    { name: 'close', type: 'number', nullable: true },
  ] as const;
  return encodeParquet(columns, [{ ticker_id: cell.ticker, bar_date: cell.date, close }], { close });
}

/** Writes and publishes one attempt's file, as the two activities do. */
export async function publishFile(
  store: Store,
  cell: CellKey,
  attempt: string,
  bytes: Uint8Array,
): Promise<Publication> {
  return publishCandidate(store, cell, await writeCandidate(store, cell, attempt, bytes, 1), facts);
}

/** Three days of one stock. */
export function monthCells(ticker: string): CellKey[] {
  return ['2026-01-05', '2026-01-06', '2026-01-07'].map((date) => stockCell(ticker, date));
}

/** The candidates of three days, written as the step of a month writes them. */
export async function writeMonthFiles(
  store: Store,
  ticker: string,
  attempt: string,
  close: number,
): Promise<AuditedCell[]> {
  return Promise.all(
    monthCells(ticker).map(async (cell) => {
      const bytes = cellFile(cell, close);
      return { cell, candidate: await writeCandidate(store, cell, attempt, bytes, 1, undefined, 'batch-1') };
    }),
  );
}

/** Writes and publishes one attempt's files of three days, as the two steps of a month do. */
export async function publishMonthFiles(
  store: Store,
  ticker: string,
  attempt: string,
  close: number,
): Promise<CellPublication[]> {
  const audited = await writeMonthFiles(store, ticker, attempt, close);
  return publishCandidates(store, audited, facts, () => undefined);
}

/** What the manifest of a test's batch says, but for its id. */
export const sealFacts = {
  dataset: 'massive.daily_bars',
  ask: { kind: 'grouped', group: 'stocks', date: '2026-01-05' },
  window: 'window/x',
  workflowId: 'window/x',
  workflowRunId: 'run-1',
} as const;

/** Lets the two pages of a batch arrive. */
export async function collectBatch(store: Store, batchId: string): Promise<void> {
  await claimBatch(store, batchId, {
    workflowId: sealFacts.workflowId,
    workflowRunId: sealFacts.workflowRunId,
  });
  for (const index of [0, 1]) {
    const request = { target: `/page/${index}` };
    const page = { index, request, status: 200, contentType: null, rowCount: 1 };
    const body = Buffer.from(`page ${index}`);
    await keepArrived(store, batchId, { ...page, body }, new Date(facts.recordedAt));
  }
}
