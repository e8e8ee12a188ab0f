import type { DueCell, PlannedAsset } from '../../plan/due-cells.ts';
import type { CellState, DatasetId } from '../../workflows/pure/cell.ts';

/** What becomes of the cells of one asset. */
export interface AssetFates {
  readonly ticker: string;
  readonly dataset: DatasetId;
  readonly due: number;
  readonly closed: number;
  readonly published: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly todo: number;
  /** The cells to do, by how they stand now: missing, failed, refused, or published where that is forced. */
  readonly todoByState: Readonly<Partial<Record<CellState, number>>>;
}

type Counts = { -readonly [K in keyof AssetFates]: AssetFates[K] } & {
  todoByState: Partial<Record<CellState, number>>;
};

/** Counts cells by asset and fate, and those to do by the state in which they are. */
export function fatesByAsset(cells: readonly DueCell[]): AssetFates[] {
  const found = new Map<PlannedAsset, Counts>();
  for (const { asset, known, fate } of cells) {
    // Only a daily run looks again, and none is shown here.
    if (fate.kind === 'look') continue;
    const counts = found.get(asset) ?? noneOf(asset);
    found.set(asset, counts);
    counts.due += 1;
    counts[fate.kind] += 1;
    if (fate.kind !== 'todo') continue;
    const state = known?.state ?? 'missing';
    counts.todoByState[state] = (counts.todoByState[state] ?? 0) + 1;
  }
  return [...found.values()];
}

function noneOf({ ticker, dataset }: PlannedAsset): Counts {
  const counts = { due: 0, closed: 0, published: 0, skipped: 0, waiting: 0, todo: 0 };
  return { ticker, dataset, ...counts, todoByState: {} };
}
