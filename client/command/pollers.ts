import type { ConnectedLake } from './lake-client.ts';

/** A worker asks for work at least once a minute; one not seen for longer is gone. */
const seenWithinMs = 90_000;

/** The kinds of task queues, as the API's enum counts them. */
export const queueType = { workflowTasks: 1, activityTasks: 2 } as const;

/** One kind of work of one task queue. */
export interface Queue {
  readonly name: string;
  readonly type: (typeof queueType)[keyof typeof queueType];
}

/** Names the processes that asked a queue for work of late, as `PID@HOST`. */
export async function pollersOf(
  { client, namespace }: Pick<ConnectedLake, 'client' | 'namespace'>,
  { name, type }: Queue,
  now: Date,
): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: type,
  });
  return (pollers ?? [])
    .filter(
      ({ lastAccessTime }) => now.getTime() - 1000 * Number(lastAccessTime?.seconds ?? 0) <= seenWithinMs,
    )
    .map(({ identity }) => identity ?? '');
}
