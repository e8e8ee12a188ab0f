import { audit } from './audit.ts';
import { auditMany } from './audit-many.ts';
import { awaitPartition, awaitWorkflow } from './await-partition.ts';
import { deliver } from './deliver.ts';
import { beating } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { translating } from './failures.ts';
import { fetch } from './fetch.ts';
import { findAlerts } from './find-alerts.ts';
import { isOrphan } from './is-orphan.ts';
import { model } from './model.ts';
import { packOld } from './pack-old.ts';
import { planAdded } from './plan-added.ts';
import { planCell, planDay } from './plan-cell.ts';
import { planFallbacks } from './plan-fallbacks.ts';
import { planHistories } from './plan-histories.ts';
import { plan, readPlanPage } from './plan.ts';
import { publish } from './publish.ts';
import { publishMany } from './publish-many.ts';
import { readMembers } from './read-members.ts';
import { recordAct } from './record-act.ts';
import { recordDelivery } from './record-delivery.ts';
import { recordSkip } from './record-skip.ts';
import { recordCell, recordRunEnd, recordWindowFailure } from './record.ts';
import { report } from './report.ts';
import { stage } from './stage.ts';
import { holdRequests, leaveLine, takePermit } from './take-permit.ts';
import { writeMany } from './write-many.ts';
import { writeTmp } from './write-tmp.ts';

/** Every step that a workflow can have done, by the name under which Temporal knows it. */
const steps = {
  plan,
  planAdded,
  planFallbacks,
  planHistories,
  readPlanPage,
  planCell,
  planDay,
  takePermit,
  leaveLine,
  holdRequests,
  fetch,
  stage,
  writeTmp,
  audit,
  publish,
  writeMany,
  auditMany,
  publishMany,
  readMembers,
  recordCell,
  recordWindowFailure,
  recordRunEnd,
  recordAct,
  recordSkip,
  awaitPartition,
  awaitWorkflow,
  isOrphan,
  model,
  report,
  packOld,
  findAlerts,
  deliver,
  recordDelivery,
};

type Steps = typeof steps;
type WithoutDeps<Step> = Step extends (deps: ActivityDeps, ...args: infer Args) => infer Result
  ? (...args: Args) => Result
  : never;

/** The steps as a workflow calls them. */
export type Activities = { readonly [Name in keyof Steps]: WithoutDeps<Steps[Name]> };

/** Binds every step to what the worker opened for it, has it beat, and puts it behind the edge that translates its errors. */
export function createActivities(deps: ActivityDeps): Activities {
  const bound = Object.entries(steps).map(([name, step]) => {
    // Each step takes its own arguments after the deps; together they have no common type.
    const act = step as (deps: ActivityDeps, ...args: unknown[]) => Promise<unknown>;
    return [name, translating(beating((...args: unknown[]) => act(deps, ...args)))];
  });
  // Built from the table's own names, so it has exactly them.
  return Object.fromEntries(bound) as Activities;
}
