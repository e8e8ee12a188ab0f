import { z } from 'zod';
import type { Store } from '../lake/store.ts';

const readyLine = z.object({ pid: z.number(), msg: z.string().startsWith('worker ready') });

/** Finds the process of the newest worker that said it was ready, in the lake's log of JSON lines. */
export async function newestWorkerPid(store: Store): Promise<number | undefined> {
  const bytes = await store.get('logs/worker.log');
  const lines = Buffer.from(bytes ?? [])
    .toString()
    .split('\n');
  const found = lines.flatMap((line) => {
    const parsed = readyLine.safeParse(jsonOf(line));
    return parsed.success ? [parsed.data.pid] : [];
  });
  return found.at(-1);
}

/** The last line of a log that is being written may be half there. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
