import { dueCells, everySource, type DueCell, type Memory } from '../../plan/due-cells.ts';
import { memoryFor } from '../../plan/memory.ts';
import type { CellKey, CellState, DatasetId } from '../../workflows/pure/cell.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** One cell as it stands in the lake. */
export interface CellStanding extends CellKey {
  readonly state: CellState;
  readonly code?: string;
  readonly reason?: string;
  /** Published because a person accepted what a rule refused. */
  readonly isAccepted?: true;
  /** The dataset that has a price of its day, where the cell itself did not get there. */
  readonly fallback?: DatasetId;
}

/** Reads from the records how every cell of a request stands now. */
export async function cellsOfRequest(
  lake: OpenLake,
  request: RunRequest,
  now: Date,
): Promise<CellStanding[]> {
  const assets = await lake.planned(now);
  const memory = await memoryFor(lake.index, request, everySource(assets), now);
  return dueCells(request, assets, memory, now).map((cell) => standingOf(cell, memory));
}

function standingOf({ asset, date, known, fate }: DueCell, memory: Memory): CellStanding {
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
    ...fallbackOf({ asset, date }, state, memory),
  };
}

/** Finds which other source of its asset has a price of a cell's day, where the cell itself did not get there. */
export function fallbackOf(
  { asset, date }: Pick<DueCell, 'asset' | 'date'>,
  state: CellState,
  memory: Memory,
): Pick<CellStanding, 'fallback'> {
  if (!asset.fallbacks || !['refused', 'failed', 'missing'].includes(state)) return {};
  const found = asset.fallbacks.find(
    ({ dataset, ticker }) => memory(dataset, ticker, date)?.state === 'published',
  );
  return found ? { fallback: found.dataset } : {};
}

/** True where every day has what it can have: a fallback's price too, though its own cell is still to be mended. */
export function haveTheirPrice(cells: readonly CellStanding[]): boolean {
  return areSettled(cells.filter(({ fallback }) => fallback === undefined));
}

/** True where nothing is left to do or to mend: every cell is published, closed, skipped or waiting. */
export function areSettled(cells: readonly CellStanding[]): boolean {
  return cells.every(({ state }) => ['published', 'closed', 'skipped', 'waiting'].includes(state));
}
