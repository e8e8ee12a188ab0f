import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { seenCells } from '../tests/support/lake-view.ts';
import { startCommand } from './command-child.ts';
import { repeatedRequests } from './repeated-requests.ts';
import { warehouseComplaints } from './same-warehouse.ts';
import type { Stage } from './stage.ts';

/** What an undisturbed run left. */
export interface Undisturbed {
  readonly warehouse: string;
  readonly cells: number;
  readonly published: number;
}

/** Says in sentences what is not as it must be once a disturbed run, the next start and its run are over. */
export async function endStateComplaints(stage: Stage, undisturbed: Undisturbed): Promise<string[]> {
  const { lake, environment } = stage.opened;
  const verify = startCommand('verify', [], environment);
  const isSound = (await verify.ended) === 0;
  return [
    ...(await cellComplaints(stage, undisturbed)),
    ...(isSound ? [] : [`verify found: ${verify.output()}`]),
    ...(await repeatedRequests(lake.store, stage.market.requests)),
    ...(await remains(stage)),
    ...(await warehouseComplaints(
      undisturbed.warehouse,
      lake.store.pathOf('warehouse.duckdb'),
      join(dirname(undisturbed.warehouse), 'compare'),
    )),
  ];
}

/** Every cell is published or closed, and each published one has exactly one current file. */
async function cellComplaints({ opened: { lake } }: Stage, undisturbed: Undisturbed): Promise<string[]> {
  const cells = await seenCells(lake);
  const open = cells.filter(({ state }) => state !== 'published' && state !== 'closed');
  const published = cells.filter(({ state }) => state === 'published').length;
  const files = (await lake.store.list('bronze')).length;
  return [
    ...open.map(({ ticker, date, state, reason }) => `${date} ${ticker} is ${state}: ${reason ?? ''}`),
    ...(cells.length === undisturbed.cells ? [] : [`${cells.length} cells, not ${undisturbed.cells}`]),
    ...(published === undisturbed.published && files === published
      ? []
      : [`${published} published cells and ${files} files, not ${undisturbed.published} of each`]),
  ];
}

/** Temporary files that nobody will come back to. */
async function remains({ opened: { lake } }: Stage): Promise<string[]> {
  const { store } = lake;
  const left = await Promise.all(['pending', 'candidates', 'incoming'].map((folder) => store.list(folder)));
  const nexts = (await readdir(store.root)).filter((name) => /\.next\.|\.wal$|\.tmp$/.test(name));
  return [...left.flat(), ...nexts].map((name) => `${name} is left over`);
}
