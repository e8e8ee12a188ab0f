import type { ScheduleDescription } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { NobodyAnswers } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import { endOf, firstAnswer } from '../run/follow-run.ts';
import { scheduleOf } from './daily-schedule.ts';

const lookEveryMs = 200;
const mostLooks = 50;

/** What a tick answers: the run it is for, and whether it was the one that started it. */
export interface Ticked {
  readonly run: string;
  readonly isStarted: boolean;
}

/**
 * Lets the schedule tick now, paused or not, and waits until the tick has its run in hand.
 * @throws NobodyAnswers where no worker answers within five seconds, or the tick ended badly.
 */
export async function triggerTick(lake: ConnectedLake, before: ScheduleDescription): Promise<Ticked> {
  await scheduleOf(lake).trigger('ALLOW_ALL');
  const { workflowId, firstExecutionRunId } = await newTick(lake, before);
  const handle = lake.client.workflow.getHandle(workflowId, firstExecutionRunId);
  const ended = endOf(handle);
  await firstAnswer(lake, handle, ended);
  const end = await ended;
  if (end.outcome === 'completed') return (await handle.result()) as Ticked;
  throw new NobodyAnswers(
    `The tick ${workflowId} ${end.outcome}: ${end.reason ?? ''}. Look at it in the Web UI, then trigger again.`,
  );
}

/** The schedule works by itself: what it started is in its description a moment later. */
async function newTick(
  lake: ConnectedLake,
  before: ScheduleDescription,
): Promise<{ workflowId: string; firstExecutionRunId: string }> {
  const known = new Set(before.info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId));
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const { recentActions } = (await scheduleOf(lake).describe()).info;
    const fresh = recentActions.find(({ action }) => !known.has(action.workflow.firstExecutionRunId));
    if (fresh) return fresh.action.workflow;
    await pause(lookEveryMs);
  }
  throw new NobodyAnswers(
    'The server took the trigger and started nothing for ten seconds. See: npx tsx client/schedule.ts describe',
  );
}
