import { lookForAlerts } from '../alerts/look.ts';
import type { DeliveryRef } from '../alerts/alert-records.ts';
import { wholeDayOf } from '../plan/planned-snapshots.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';

/** How the rebuild of whoever asks went; undefined: there was none. */
export type RebuildEnd = 'good' | { readonly code: string; readonly reason: string } | undefined;

/** What is left over is found by the next look. */
const deliveriesAtOnce = 50;

/**
 * Looks for what people want to be told of and records what is new. Answers whom to tell of what, by names: the text
 * stands in the records, the addresses with the worker.
 */
export async function findAlerts(
  deps: ActivityDeps,
  context: RunContext,
  rebuild?: RebuildEnd,
): Promise<readonly DeliveryRef[]> {
  const { alerts } = deps;
  if (!alerts) return [];
  const assets = [...(await deps.plannedAssets()), ...deps.plannedSnapshots().map(wholeDayOf)];
  const look = {
    run: context.run,
    now: deps.now(),
    ...(rebuild === undefined ? {} : { rebuild: rebuild === 'good' ? null : rebuild }),
  };
  const { news, deliveries } = await lookForAlerts({ ...deps, alerts, assets }, look);
  for (const { kind: about, event, title } of news)
    deps.observe({ kind: 'alert', run: context.run, about, event, title });
  return deliveries.slice(0, deliveriesAtOnce);
}
