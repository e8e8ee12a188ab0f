import type { CellKey, DatasetId, PartitionDate } from './cell.ts';

/** The ids of everything Temporal runs. All begin with the lake's id, since a server may be shared. */

/** `LAKE/RUN`: any id below a lake's. */
export function inLake(lakeId: string, id: string): string {
  return `${lakeId}/${id}`;
}

/** The id without the lake's, as people type it and as records name it. */
export function withoutLake(lakeId: string, workflowId: string): string {
  return workflowId.startsWith(`${lakeId}/`) ? workflowId.slice(lakeId.length + 1) : workflowId;
}

/** `partition/2026-11-19/AAPL/massive.daily_bars`. */
export function partitionId(cell: CellKey): string {
  return `partition/${cell.date}/${cell.ticker}/${cell.dataset}`;
}

/** `month/massive.daily_bars/AAPL/2026-08`: a ticker's month, whatever batch it is taken from. */
export function monthOf(cell: CellKey): string {
  return `month/${cell.dataset}/${cell.ticker}/${cell.date.slice(0, 7)}`;
}

/** `month/massive.daily_bars/AAPL/2026-08/BATCH`: two windows may each hold a part of one month. */
export function monthId(cell: CellKey, batchId: string): string {
  return `${monthOf(cell)}/${batchId}`;
}

/** Tells whether an id was made by `monthId`. */
export function isMonthId(id: string): boolean {
  return id.startsWith('month/');
}

/** Turns what `monthId` makes into what `monthOf` makes; a batch's id holds no slash. */
export function withoutBatch(id: string): string {
  return id.slice(0, id.lastIndexOf('/'));
}

/** `lot/coingecko.markets/2026-11-21/3/BATCH`: a lot of a staged snapshot's members; lots count from 1. */
export function lotId({ dataset, date }: Omit<CellKey, 'ticker'>, number: number, batchId: string): string {
  return `lot/${dataset}/${date}/${number}/${batchId}`;
}

/** `BATCH+3`: names a lot where its dataset and date are known. */
export function lotMark(batchId: string, number: number): string {
  return `${batchId}+${number}`;
}

/** The workflow that does a cell together with others: a lot's by its mark, a month's by its batch. */
export function togetherId(cell: CellKey, mark: string): string {
  const [batchId = '', number] = mark.split('+');
  return number === undefined ? monthId(cell, batchId) : lotId(cell, Number(number), batchId);
}

/** `window/massive.daily_bars/AAPL/2026-08-22..2026-11-19`; grouped: `all.stocks` stands for the ticker. */
export function windowId(dataset: DatasetId, covers: string, from: PartitionDate, to: PartitionDate): string {
  return `window/${dataset}/${covers}/${from}..${to}`;
}

/** `window/massive.daily_bars/AAPL/batch-ID`: a window over a batch that was staged before. */
export function stagedWindowId(dataset: DatasetId, ticker: string, batchId: string): string {
  return `window/${dataset}/${ticker}/batch-${batchId}`;
}

/** `daily/2026-11-19`. */
export function dailyId(date: PartitionDate): string {
  return `daily/${date}`;
}

/** `backfill/2026-08-22..2026-11-19/HASH`; the hash is of the assets and flags. */
export function backfillId(from: PartitionDate, to: PartitionDate, hash: string): string {
  return `backfill/${from}..${to}/${hash}`;
}

/** `retry/all`, or `retry/daily/2026-11-19` for one run's cells. */
export function retryId(of: string): string {
  return `retry/${of}`;
}

/** `reaudit/massive.daily_bars/HASH`; the hash is of the contracts and of what is asked for. */
export function reauditId(of: string, hash: string): string {
  return `reaudit/${of}/${hash}`;
}

/** `notify/team/refused/KEY/1`: tells one webhook of one record of an alert. */
export function notifyId(webhook: string, kind: string, key: string, number: number): string {
  return `notify/${webhook}/${kind}/${key}/${number}`;
}

/** The task queue of workflows and of everything but asking a source. */
export function mainQueue(lakeId: string): string {
  return lakeId;
}

/** The task queue whose limit paces the requests to one source. */
export function sourceQueue(lakeId: string, source: string): string {
  return `${lakeId}-${source}`;
}

/** `quota/massive/3f2a1b9c`: the ledger of one key. Not below a lake's id, since the key belongs to no lake. */
export function quotaId(source: string, keyName: string): string {
  return `quota/${source}/${keyName}`;
}

/** The task queue of all ledgers: any worker of the namespace serves any of them, whatever its lake. */
export const quotaQueue = 'quota';
