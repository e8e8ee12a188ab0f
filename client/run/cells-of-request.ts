import { dueCells, type DueCell } from '../../plan/due-cells.ts';
import { memoryFor } from '../../plan/memory.ts';
import type { CellKey, CellState } from '../../workflows/pure/cell.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** One cell as it stands in the lake. */
export interface CellStanding extends CellKey {
  readonly state: CellState;
  readonly code?: string;
  readonly reason?: string;
  /** Published because a person accepted what a rule refused. */
  readonly isAccepted?: true;
}

/** Reads from the records how every cell of a request stands now. */
export async function cellsOfRequest(
  lake: OpenLake,
  request: RunRequest,
  now: Date,
): Promise<CellStanding[]> {
  const assets = await lake.planned(now);
  const due = dueCells(request, assets, await memoryFor(lake.index, request, assets, now), now);
  return due.map(standingOf);
}

function standingOf({ asset, date, known, fate }: DueCell): CellStanding {
  const key = { dataset: asset.dataset, ticker: asset.ticker, date };
  if (fate.kind === 'closed') return { ...key, state: 'closed', reason: fate.reason };
  if (fate.kind === 'waiting') return { ...key, state: 'waiting', reason: `final from ${fate.until}` };
  const { state, code, reason, isAccepted } = known ?? { state: 'missing' as const };
  return {
    ...key,
    state,
    ...(code ? { code } : {}),
    ...(reason ? { reason } : {}),
    ...(isAccepted ? { isAccepted } : {}),
  };
}

/** True where nothing is left to do or to mend: every cell is published, closed, skipped or waiting. */
export function areSettled(cells: readonly CellStanding[]): boolean {
  return cells.every(({ state }) => ['published', 'closed', 'skipped', 'waiting'].includes(state));
}
