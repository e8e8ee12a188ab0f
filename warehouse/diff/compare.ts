import { Engine } from '../engine.ts';
import { literal } from '../sql-text.ts';
import { closesDifference } from './closes-difference.ts';
import { columnsOfModels, type TableColumns } from './columns.ts';
import type { ModelDifference, WarehouseDifference } from './difference.ts';
import { modelDifference } from './model-difference.ts';

/** Two warehouse files and what is needed to compare them. */
export interface Comparison {
  readonly before: string;
  readonly after: string;
  /** The columns that name a row, by model (`schema.name`). A model that is not in here is compared as a whole. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** How many changed rows of each model are shown. */
  readonly exampleCount: number;
  /** Where DuckDB may spill. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

/** Beside a build that has just ended, and small enough for a laptop; more is spilled. */
const memoryLimit = '1GB';

/**
 * Compares two warehouse files, both opened read-only in a DuckDB of their own, so that one that is damaged
 * can harm nothing else.
 * @throws EngineError where one of them cannot be read.
 */
export async function compareWarehouses(comparison: Comparison): Promise<WarehouseDifference> {
  const { temporaryFolder, signal } = comparison;
  const engine = await Engine.open({ temporaryFolder, ...(signal === undefined ? {} : { signal }) });
  try {
    await engine.run(`set memory_limit = '${memoryLimit}'`);
    await engine.run(`attach ${literal(comparison.before)} as "before" (read_only)`);
    await engine.run(`attach ${literal(comparison.after)} as "after" (read_only)`);
    const before = await columnsOfModels(engine, 'before');
    const after = await columnsOfModels(engine, 'after');
    const closes = await closesDifference(engine, before, after);
    return { closes, models: await differingModels(engine, comparison, before, after) };
  } finally {
    engine.close();
  }
}

async function differingModels(
  engine: Engine,
  { keys, exampleCount }: Comparison,
  before: ReadonlyMap<string, TableColumns>,
  after: ReadonlyMap<string, TableColumns>,
): Promise<ModelDifference[]> {
  const found: ModelDifference[] = [];
  for (const model of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, fresh] = [before.get(model), after.get(model)];
    if (!old || !fresh) {
      found.push({ ...nothing, model, presence: old ? 'removed' : 'added' });
      continue;
    }
    const pair = { model, key: keyOf(keys.get(model), old, fresh), before: old, after: fresh };
    const difference = await modelDifference(engine, pair, exampleCount);
    if (difference) found.push(difference);
  }
  return found;
}

/** The declared key where both have it; else every common column, so that a changed row is one gone and one new. */
function keyOf(
  declared: readonly string[] | undefined,
  before: TableColumns,
  after: TableColumns,
): readonly string[] {
  const isUsable = declared?.every((column) => before.has(column) && after.has(column));
  return declared && isUsable ? declared : [...before.keys()].filter((column) => after.has(column));
}

const nothing = {
  rowsAdded: 0,
  rowsRemoved: 0,
  rowsChanged: 0,
  columnsAdded: [],
  columnsRemoved: [],
  examples: [],
} as const;
