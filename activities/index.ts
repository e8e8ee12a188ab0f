import { audit } from './audit.ts';
import { awaitPartition, awaitWorkflow } from './await-partition.ts';
import type { ActivityDeps } from './deps.ts';
import { translating } from './failures.ts';
import { fetch } from './fetch.ts';
import { model } from './model.ts';
import { planCell, planDay } from './plan-cell.ts';
import { plan, readPlanPage } from './plan.ts';
import { publish } from './publish.ts';
import { recordCell, recordRunEnd, recordWindowFailure } from './record.ts';
import { stage } from './stage.ts';
import { writeTmp } from './write-tmp.ts';

/** Everything a workflow can have done, with what the worker opened for it. */
export type Activities = ReturnType<typeof createActivities>;

/** Binds every activity to what it needs, and to the edge that translates its errors. */
// The return type is the table itself: naming it again would be the same list twice.
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types
export function createActivities(deps: ActivityDeps) {
  type Bound<F> = F extends (deps: ActivityDeps, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never;
  const bind = <Args extends unknown[], Result>(
    activity: (deps: ActivityDeps, ...args: Args) => Promise<Result>,
  ): Bound<typeof activity> => translating((...args: Args) => activity(deps, ...args));
  return {
    plan: bind(plan),
    readPlanPage: bind(readPlanPage),
    planCell: bind(planCell),
    planDay: bind(planDay),
    fetch: bind(fetch),
    stage: bind(stage),
    writeTmp: bind(writeTmp),
    audit: bind(audit),
    publish: bind(publish),
    recordCell: bind(recordCell),
    recordWindowFailure: bind(recordWindowFailure),
    recordRunEnd: bind(recordRunEnd),
    awaitPartition: bind(awaitPartition),
    awaitWorkflow: bind(awaitWorkflow),
    model: bind(model),
  };
}
