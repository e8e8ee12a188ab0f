import { cellSegments } from '../lake/layout.ts';
import { everySource, type DueCell, type PlannedAsset } from '../plan/due-cells.ts';
import { fallbacksOf, type EndedCells, type Fallbacks } from '../plan/fallbacks.ts';
import { knownCells, readMemory, readPublished, type MemoryScope } from '../plan/memory.ts';
import type { PlanRef, RunContext } from '../workflows/pure/run.ts';
import { noneCovered, type Covered } from '../workflows/pure/fallback.ts';
import type { ActivityDeps } from './deps.ts';
import { plannedCells, type Addition } from './plan-added.ts';
import { keepPlan } from './plan.ts';

/** What the fallbacks of a run are asked, and what they gave before. */
export interface FallbackPlan {
  /** Without pages where nothing is left to ask. */
  readonly plan: PlanRef;
  readonly covered: Covered;
}

/**
 * Plans the next source of every day of a run whose cell its source let fail, and finds the days that have a price from
 * another source. A person who dropped a cell wants no other in its place.
 */
export async function planFallbacks(
  deps: ActivityDeps,
  context: RunContext,
  { request, plannedBy, parts, leaveOuts }: Addition,
): Promise<FallbackPlan> {
  const now = deps.now();
  const tried = await plannedCells(deps, context, parts, leaveOuts);
  const isTried: EndedCells['isTried'] = (cell) => tried.has(cellSegments(cell));
  const several = (await deps.plannedAssets()).filter(({ fallbacks }) => fallbacks !== undefined);
  const troubled = (await knownCells(deps.index, 'troubled')).filter(isTried);
  const { due, covered } = await decide(deps, { assets: several, troubled, isTried, now });
  const plan = await keepPlan(deps, { run: context.run, request, plannedBy }, due, now);
  return { plan: { ...plan, summary: ofFallbacks(plan.summary, due) }, covered };
}

/** What failed may have been mended meanwhile, and a worker may know other assets than whoever started the run. */
async function decide(
  { index }: Pick<ActivityDeps, 'index'>,
  ended: Omit<EndedCells, 'hasPrice' | 'memory'>,
): Promise<Fallbacks> {
  const { assets, troubled } = ended;
  if (assets.length === 0 || troubled.length === 0) return { due: [], covered: noneCovered };
  const scope = scopeOf(assets, troubled);
  const hasPrice = await readPublished(index, scope);
  return fallbacksOf({ ...ended, hasPrice, memory: await readMemory(index, scope) });
}

/** The days that did not get there, in all datasets that could have them. */
function scopeOf(
  assets: readonly PlannedAsset[],
  troubled: readonly { readonly date: string }[],
): MemoryScope {
  const dates = troubled.map(({ date }) => date).sort();
  const [from = '', to = from] = [dates[0], dates.at(-1)];
  return { datasets: everySource(assets).map(({ dataset }) => dataset), range: { from, to } };
}

/** The days were due before: what is new is that another source is asked. */
function ofFallbacks(summary: PlanRef['summary'], due: readonly DueCell[]): PlanRef['summary'] {
  return { ...summary, due: 0, todo: 0, ...(due.length > 0 ? { fallbacks: due.length } : {}) };
}
