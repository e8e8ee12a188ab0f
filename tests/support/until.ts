import { setTimeout as pause } from 'node:timers/promises';

const lookEveryMs = 50;

/** Looks again and again until something is so; the test's own time limit bounds it. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(lookEveryMs);
  }
}
