import { Context } from '@temporalio/activity';
import { stat } from 'node:fs/promises';
import { isErrno } from '../lake/lake-error.ts';
import { readRuntime } from '../lake/runtime.ts';
import { writeReportApart } from '../report/write-apart.ts';
import type { ActivityDeps } from './deps.ts';
import { openCells } from './open-cells.ts';

/** What became of the report. `unchanged`: the one there was written after the warehouse there is. */
export interface Reported {
  readonly outcome: 'written' | 'unchanged';
}

/** Writes the page that shows what the warehouse holds, for people who would rather look than read. */
export async function report(deps: ActivityDeps): Promise<Reported> {
  const warehousePath = deps.store.pathOf('warehouse.duckdb');
  const outFolder = deps.store.pathOf('report');
  if ((await changedAt(`${outFolder}/index.html`)) > (await changedAt(warehousePath))) {
    return { outcome: 'unchanged' };
  }
  const request = {
    warehousePath,
    outFolder,
    market: deps.lake.market,
    now: deps.now(),
    uiUrl: (await readRuntime(deps.store))?.temporal.uiUrl ?? null,
    namespace: deps.client.options.namespace,
    lakeId: deps.lake.id,
    running: await openCells(deps),
  };
  await writeReportApart(request, Context.current().cancellationSignal);
  return { outcome: 'written' };
}

/** When a file got its present content, in milliseconds; 0 where it is not there. */
async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}
