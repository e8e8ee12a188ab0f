import type { ScheduleDescription } from '@temporalio/client';
import { DateTime } from 'luxon';
import { table } from '../command/table.ts';
import type { ConnectedLake } from '../command/lake-client.ts';

const timesShown = 5;
const ticksShown = 5;

/** One tick of the schedule, and the run that it started or joined. */
export interface Tick {
  readonly scheduledAt: string;
  readonly takenAt: string;
  readonly status: string;
  /** Without the lake's id; null while the tick has not got there, or where the server knows it no more. */
  readonly run: string | null;
}

/** Reads what became of the newest ticks, newest first. */
export async function recentTicks(lake: ConnectedLake, found: ScheduleDescription): Promise<Tick[]> {
  const newest = found.info.recentActions.slice(-ticksShown).reverse();
  return Promise.all(
    newest.map(async ({ scheduledAt, takenAt, action }) => {
      const { workflowId, firstExecutionRunId } = action.workflow;
      const handle = lake.client.workflow.getHandle(workflowId, firstExecutionRunId);
      const status = await handle.describe().then(
        (description) => description.status.name.toLowerCase(),
        () => 'no longer known',
      );
      // Only a tick that has ended well can be asked for its result without waiting.
      const result = status === 'completed' ? ((await handle.result()) as { readonly run: string }) : null;
      return {
        scheduledAt: scheduledAt.toISOString(),
        takenAt: takenAt.toISOString(),
        status,
        run: result?.run ?? null,
      };
    }),
  );
}

/** Says how the schedule stands: when it ticks, whether it is paused, and what its newest ticks did. */
export function scheduleLines(
  found: ScheduleDescription,
  ticks: readonly Tick[],
  isConfigured: boolean,
): string[] {
  const zone = found.spec.timezone ?? 'UTC';
  const { paused, note } = found.state;
  const { info } = found;
  return [
    `Schedule ${found.scheduleId}${paused ? ` is paused${note ? `: ${note}` : ''}` : ''}`,
    ...(isConfigured
      ? []
      : ['It is not what marketlake.yaml says. Mend it with: npx tsx client/schedule.ts create']),
    '',
    paused ? 'It would tick next' : 'It ticks next',
    ...info.nextActionTimes.slice(0, timesShown).map((at) => `  ${timeIn(at, zone)}`),
    '',
    ...(ticks.length === 0 ? ['It has not ticked yet.'] : tickTable(ticks, zone)),
    ...(info.numActionsMissedCatchupWindow > 0
      ? [`${info.numActionsMissedCatchupWindow} ticks came too late to be made up for; backfill their days.`]
      : []),
  ];
}

function tickTable(ticks: readonly Tick[], zone: string): string[] {
  const rows = ticks.map(({ scheduledAt, status, run }) => [
    timeIn(new Date(scheduledAt), zone),
    status,
    run ?? '–',
  ]);
  return table([['due', 'tick', 'run'], ...rows]);
}

/** `2026-11-21 03:30 America/New_York (08:30 UTC)`. */
export function timeIn(at: Date, zone: string): string {
  const instant = DateTime.fromJSDate(at);
  const here = `${instant.setZone(zone).toFormat('yyyy-LL-dd HH:mm')} ${zone}`;
  return zone === 'UTC' ? here : `${here} (${instant.toUTC().toFormat('HH:mm')} UTC)`;
}
