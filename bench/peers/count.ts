import { setTimeout as pause } from 'node:timers/promises';
import { LocalStore } from '../../lake/local-store.ts';
import { watchBronze } from '../../tests/support/bronze-reader.ts';
import { coins } from '../shape.ts';
import type { KillStory } from './peer.ts';

const lookEveryMs = 25;

/** How many cells lie in bronze. */
export async function publishedIn(root: string): Promise<number> {
  return (await new LocalStore(root).list('bronze')).length;
}

/** Waits until so many cells are published; complains where whoever publishes them is over before. */
export async function untilPublished(
  root: string,
  count: number,
  isOver: () => boolean,
  longestMs: number,
): Promise<number> {
  const lastMs = performance.now() + longestMs;
  for (;;) {
    const published = await publishedIn(root);
    if (published >= count) return published;
    if (isOver()) throw new Error(`It was over with ${published} cells, before ${count} were published`);
    if (performance.now() > lastMs)
      throw new Error(`Only ${published} of ${count} cells after ${longestMs} ms`);
    await pause(lookEveryMs);
  }
}

/** Reads bronze while a story is told, and counts at its end. */
export function watchKill(root: string): {
  count(told: {
    readonly cells: number;
    readonly publishedAtKill: number;
    readonly requests: number;
    readonly acts: readonly string[];
    readonly stateOfDead: string;
  }): Promise<KillStory>;
  stop(): Promise<void>;
} {
  const store = new LocalStore(root);
  const reader = watchBronze(store);
  let sight: ReturnType<typeof reader.stop> | undefined;
  const stopped = (): ReturnType<typeof reader.stop> => (sight ??= reader.stop());
  return {
    stop: async () => void (await stopped()),
    count: async (told) => {
      const seen = await stopped();
      const records = await store.list('records/cells');
      const perCell = new Map<string, number>();
      for (const key of records) {
        const cell = key.slice(0, key.lastIndexOf('/'));
        perCell.set(cell, (perCell.get(cell) ?? 0) + 1);
      }
      const leftovers = await Promise.all(
        ['candidates', 'pending', 'incoming'].map((room) => store.list(room)),
      );
      return {
        ...told,
        lost: told.cells - (await publishedIn(root)),
        repeated: [...perCell.values()].filter((count) => count > 1).length,
        requestsRepeated: told.requests - coins.length,
        partial: seen.complaints.length,
        leftovers: leftovers.flat().length,
      };
    },
  };
}
