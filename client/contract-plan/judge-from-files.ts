import { existsSync } from 'node:fs';
import { columnsUnread, brokenRules, offendersAmong } from '../../contracts/broken-rules.ts';
import { bronzeFile } from '../../lake/layout.ts';
import type { JudgedCell } from '../../plan/judged-again.ts';
import type { CellFile, Judging } from './judging.ts';
import { withRebuiltFiles } from './rebuilt-files.ts';

const filesAtOnce = 2_000;

/**
 * Judges cells by a contract: published ones by their files in bronze, where these have every column it names;
 * the others, and what was refused, by what their batches give, as applying it would write them.
 */
export async function judgeFromFiles(judging: Judging, cells: readonly JudgedCell[]): Promise<void> {
  const fromStaging = cells.filter(({ state }) => state === 'refused');
  const published = cells.filter(({ state }) => state === 'published');
  for (const version of new Set(published.map(({ contractVersion }) => contractVersion))) {
    const files = published
      .filter(({ contractVersion }) => contractVersion === version)
      .map((judged) => ({ judged, parquetPath: judging.open.store.pathOf(bronzeFile(judged)) }));
    const there = files.filter(({ parquetPath }) => existsSync(parquetPath));
    const isReadable = await haveEveryColumn(judging, there[0]);
    const [asTheyLie, anew] = isReadable
      ? [there, files.filter((file) => !there.includes(file))]
      : [[], files];
    await inChunks(judging, asTheyLie, (chunk) => judgeFiles(judging, chunk));
    for (const { judged } of anew) fromStaging.push(judged);
  }
  // Cells of one batch one after the other: it is read once.
  const byBatch = [...fromStaging].sort((left, right) => (left.batch.id < right.batch.id ? -1 : 1));
  await inChunks(judging, byBatch, (chunk) =>
    withRebuiltFiles(judging, chunk, (files) => judgeFiles(judging, files)),
  );
}

/** Files of one version share their columns, so that one tells for all. */
async function haveEveryColumn(
  { connection, contract }: Judging,
  file: CellFile | undefined,
): Promise<boolean> {
  if (!file) return false;
  return (await columnsUnread(connection, contract, file.parquetPath)).length === 0;
}

async function judgeFiles(
  { connection, contract, toll }: Judging,
  files: readonly CellFile[],
): Promise<void> {
  const subjects = files.map(({ judged, parquetPath }) => ({ parquetPath, cell: judged }));
  const verdicts = await brokenRules(connection, contract, subjects);
  for (const [index, verdict] of verdicts.entries()) {
    const file = files[index];
    if (!file) continue;
    await toll.add(file.judged, verdict, (rule) =>
      offendersAmong(connection, contract, file.judged, index, rule),
    );
  }
}

async function inChunks<T>(
  { contract, onProgress }: Judging,
  items: readonly T[],
  act: (chunk: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += filesAtOnce) {
    if (items.length > filesAtOnce) onProgress?.(`${contract.dataset}: ${start} of ${items.length} cells`);
    await act(items.slice(start, start + filesAtOnce));
  }
}
