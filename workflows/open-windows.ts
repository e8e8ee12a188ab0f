import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { inLake } from './pure/ids.ts';
import { shareAt, type LeaveOut } from './pure/steering.ts';
import { loadOf, showRun, type OpenWindow, type RunState } from './run-state.ts';
import { leaveOutSignal, shareSignal } from './window.ts';

/**
 * Tells every open window what has changed for it: its share of the cells that may run at once, and what was
 * left out. A window that the server does not have yet is told once it is there. Answers when all have heard;
 * a window that ended meanwhile need not hear, and the server takes seconds to say that it has.
 */
export async function tellWindows(run: RunState): Promise<void> {
  const load = loadOf(run);
  const told = [...run.open.values()].map((open, place) => tellWindow(run, open, shareAt(place, load)));
  showRun(run);
  await Promise.all(told);
}

async function tellWindow(run: RunState, open: OpenWindow, share: number): Promise<void> {
  if (!open.isThere) return;
  const handle = getExternalWorkflowHandle(inLake(run.context.lake, open.task.id));
  const sent: Promise<void>[] = [];
  if (open.share !== share) {
    open.share = share;
    sent.push(handle.signal(shareSignal, share));
  }
  const fresh = run.steering.leaveOuts.slice(open.leaveOutsTold);
  open.leaveOutsTold = run.steering.leaveOuts.length;
  const own = leaveOutsFor(fresh, open.part);
  if (own.length > 0) sent.push(handle.signal(leaveOutSignal, own));
  await Promise.allSettled(sent);
}

/** What was left out of a part of the plan. */
export function leaveOutsFor(leaveOuts: readonly LeaveOut[], part: number): LeaveOut[] {
  return leaveOuts.filter(({ beforePart }) => beforePart === null || part < beforePart);
}
