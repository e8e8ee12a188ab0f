import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * Runs an act for every item, at most `limit()` at a time, and waits for all of them, also when cancelled:
 * no result is dropped, and nothing is left running behind the caller's back.
 */
export async function boundedEach<T>(
  items: readonly T[],
  limit: () => number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  let inFlight = 0;
  const acts: Promise<PromiseSettledResult<void>>[] = [];
  try {
    for (const item of items) {
      await condition(() => inFlight < limit());
      inFlight += 1;
      acts.push(settled(act(item)).finally(() => (inFlight -= 1)));
    }
  } finally {
    await CancellationScope.nonCancellable(() => Promise.all(acts));
  }
  for (const result of await Promise.all(acts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

async function settled(act: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([act]);
  return result;
}

/** True where our own scope was cancelled, and not only somebody we wait for. */
export function isOwnCancellation(): boolean {
  return CancellationScope.current().consideredCancelled;
}
