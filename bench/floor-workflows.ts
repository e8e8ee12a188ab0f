import {
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { boundedEach } from '../workflows/bounded-each.ts';
import { diskPolicy, fetchPolicy, modelPolicy, planPolicy, reportPolicy } from '../workflows/policies.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { cellAttributes, runAttributes, showState } from '../workflows/search-attributes.ts';
import type { FloorActivities } from './floor-activities.ts';

/**
 * The engine alone: workflows with the levels, the signals, the bounds and the number of activities of a backfill,
 * all doing nothing. What they need on a machine is the least that a run of as many cells can need there.
 */

/** How big a floor run is. */
export interface FloorInput {
  readonly windows: number;
  readonly cells: number;
  readonly windowsAtOnce: number;
  readonly cellsAtOnce: number;
  readonly sourceQueue: string;
  /** True: every workflow bears our search attributes, and a cell changes its state at its end. */
  readonly isSearchable: boolean;
}

const patienceSeconds = 1_800;
const shareSignal = defineSignal<[number]>('share');

function contextOf({ isSearchable, cellsAtOnce, windowsAtOnce }: FloorInput): RunContext {
  return {
    lake: 'floor',
    run: 'floor',
    options: { cellsAtOnce, windowsAtOnce, patienceSeconds, isSearchable, meteredSources: [] },
  };
}

/** As a backfill: plan, read the plan's page, windows, model, report, record the end. */
export async function floorRun(input: FloorInput): Promise<number> {
  const longer = proxyActivities<FloorActivities>(planPolicy(patienceSeconds));
  await longer.nothing();
  await longer.nothing();
  const open = new Map<string, number>();
  let left = input.windows;
  let done = 0;
  const shareNow = (): number =>
    Math.floor(input.cellsAtOnce / Math.max(1, Math.min(input.windowsAtOnce, left)));
  await boundedEach(
    Array.from({ length: input.windows }, (_, index) => `floor-window/${index}`),
    () => input.windowsAtOnce,
    async (workflowId) => {
      open.set(workflowId, shareNow());
      const parentClosePolicy = ParentClosePolicy.ABANDON;
      const args: [FloorInput, string, number] = [input, workflowId, shareNow()];
      const typedSearchAttributes = runAttributes(contextOf(input), 'coingecko');
      done += await executeChild(floorWindow, { workflowId, args, parentClosePolicy, typedSearchAttributes });
      open.delete(workflowId);
      left -= 1;
      for (const [id, known] of open) {
        if (known === shareNow()) continue;
        open.set(id, shareNow());
        getExternalWorkflowHandle(id)
          .signal(shareSignal, shareNow())
          .catch(() => undefined);
      }
    },
  );
  await proxyActivities<FloorActivities>(modelPolicy(patienceSeconds)).nothing();
  await proxyActivities<FloorActivities>(reportPolicy).nothing();
  await longer.nothing();
  return done;
}

/** As a window: fetch on the source's queue, stage, cells. */
export async function floorWindow(input: FloorInput, id: string, firstShare: number): Promise<number> {
  let share = firstShare;
  let done = 0;
  setHandler(shareSignal, (next) => void (share = next));
  await proxyActivities<FloorActivities>(fetchPolicy(input.sourceQueue, patienceSeconds)).nothing();
  await proxyActivities<FloorActivities>(diskPolicy(patienceSeconds)).nothing();
  await boundedEach(
    Array.from({ length: input.cells }, (_, index) => `floor-cell/${id}/${index}`),
    () => share,
    async (workflowId) => {
      const cell = { dataset: 'coingecko.market_chart', ticker: id, date: '2026-11-19' };
      await executeChild(floorCell, {
        workflowId,
        args: [input, cell],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: cellAttributes(cell, contextOf(input), 'running'),
      });
      done += 1;
    },
  );
  return done;
}

/** As a cell: write, audit, publish. */
export async function floorCell(input: FloorInput, cell: CellKey): Promise<void> {
  const { nothing } = proxyActivities<FloorActivities>(diskPolicy(patienceSeconds));
  await nothing();
  await nothing();
  await nothing();
  showState(cell, contextOf(input), 'published');
}
