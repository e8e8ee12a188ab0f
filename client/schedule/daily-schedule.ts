import type {
  ScheduleDescription,
  ScheduleHandle,
  ScheduleOptionsStartWorkflowAction,
  ScheduleUpdateOptions,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { isDeepStrictEqual } from 'node:util';
import type { ConnectedLake } from '../command/lake-client.ts';
import { configuredDays, weekDays, type WeekDay } from './tick-days.ts';
import { runOptions } from '../run/start-run.ts';
import { inLake, mainQueue } from '../../workflows/pure/ids.ts';
import type { TickInput } from '../../workflows/daily-tick.ts';

const dayMs = 86_400_000;

type Action = ScheduleOptionsStartWorkflowAction<Workflow>;
type Wanted = ScheduleUpdateOptions<Action>;

/** What bringing the schedule into line with the configuration did. */
export type Created = 'created' | 'updated' | 'unchanged';

/** The lake's one schedule. */
export function scheduleOf(lake: ConnectedLake): ScheduleHandle {
  return lake.client.schedule.getHandle(inLake(lake.lake.id, 'daily'));
}

/** Describes the schedule; undefined where there is none. */
export async function describeSchedule(lake: ConnectedLake): Promise<ScheduleDescription | undefined> {
  try {
    return await scheduleOf(lake).describe();
  } catch (error) {
    const { ScheduleNotFoundError } = await import('@temporalio/client');
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Creates the schedule, or brings the one that is there into line; whether it is paused stays as it is. */
export async function createSchedule(lake: ConnectedLake, now = new Date()): Promise<Created> {
  const days = await configuredDays(lake, now);
  const wanted = wantedSchedule(lake, days);
  try {
    await lake.client.schedule.create({ scheduleId: scheduleOf(lake).scheduleId, ...wanted });
    return 'created';
  } catch (error) {
    const { ScheduleAlreadyRunning } = await import('@temporalio/client');
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const found = await scheduleOf(lake).describe();
  if (isDeepStrictEqual(essenceOf(found), essenceOfWanted(lake, days))) return 'unchanged';
  await scheduleOf(lake).update(({ state: { paused, note } }) => ({
    ...wanted,
    state: { paused, ...(note === undefined ? {} : { note }) },
  }));
  return 'updated';
}

/** Tells whether a schedule does what the configuration says. */
export async function isInLine(
  lake: ConnectedLake,
  found: ScheduleDescription,
  now = new Date(),
): Promise<boolean> {
  const days = await configuredDays(lake, now);
  return isDeepStrictEqual(essenceOf(found), essenceOfWanted(lake, days));
}

function wantedSchedule(lake: ConnectedLake, days: readonly WeekDay[]): Wanted {
  const { hour, minute } = clockOf(lake);
  return {
    spec: {
      calendars: [{ hour, minute, dayOfWeek: rangesOf(days) }],
      timezone: lake.settings.schedule.timeZone,
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'dailyTick',
      // The server adds the time at which it was due, so every tick has an id of its own.
      workflowId: inLake(lake.lake.id, 'tick'),
      taskQueue: mainQueue(lake.lake.id),
      args: [tickInput(lake)],
    },
    policies: {
      // A tick only starts or joins `daily/DATE`, whose id keeps it single; skipping one would lose its day.
      overlap: 'ALLOW_ALL',
      // Every tick missed in a quarter is made up for; those of one week start or join one run.
      catchupWindow: 90 * dayMs,
      // One bad day must not stop the days after it: they are what takes its cells up again.
      pauseOnFailure: false,
    },
    state: {},
  };
}

function tickInput(lake: ConnectedLake): TickInput {
  return { lake: lake.lake.id, options: runOptions(lake.settings, lake.isSearchable) };
}

function clockOf(lake: ConnectedLake): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = lake.settings.schedule.time.split(':').map(Number);
  return { hour, minute };
}

/**
 * What makes a schedule ours, in the shape in which the server tells it: every field a list of ranges. A
 * comment, a note or being paused is a person's and no drift.
 */
function essenceOfWanted(lake: ConnectedLake, days: readonly WeekDay[]): unknown {
  const { spec, action, policies } = wantedSchedule(lake, days);
  const { hour, minute } = clockOf(lake);
  const tick = {
    second: only(0),
    minute: only(minute),
    hour: only(hour),
    dayOfMonth: [{ start: 1, end: 31, step: 1 }],
    month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
    year: [],
    dayOfWeek: rangesOf(days),
  };
  return { times: [tick], others: [], timeZone: spec.timezone, action: actionOf(action), policies };
}

function essenceOf({ spec, action, policies }: ScheduleDescription): unknown {
  const { calendars = [], intervals = [], skip = [], timezone } = spec;
  const times = calendars.map(({ second, minute, hour, dayOfMonth, month, year, dayOfWeek }) => {
    return { second, minute, hour, dayOfMonth, month, year, dayOfWeek };
  });
  return { times, others: [...intervals, ...skip], timeZone: timezone, action: actionOf(action), policies };
}

/** Days that follow each other, as one range. */
function rangesOf(days: readonly WeekDay[]): { start: WeekDay; end: WeekDay; step: number }[] {
  const ranges: { start: WeekDay; end: WeekDay; step: number }[] = [];
  for (const day of days) {
    const last = ranges.at(-1);
    if (last && weekDays.indexOf(last.end) + 1 === weekDays.indexOf(day)) last.end = day;
    else ranges.push({ start: day, end: day, step: 1 });
  }
  return ranges;
}

function only(value: number): { start: number; end: number; step: number }[] {
  return [{ start: value, end: value, step: 1 }];
}

interface ActionEssence {
  readonly workflowType: unknown;
  readonly workflowId: unknown;
  readonly taskQueue: unknown;
  readonly args: unknown;
}

function actionOf({ workflowType, workflowId, taskQueue, args }: Partial<ActionEssence>): ActionEssence {
  return { workflowType, workflowId, taskQueue, args };
}
