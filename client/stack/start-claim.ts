import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { jsonBytes, parseJson } from '../../lake/json.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { readRuntime, type Runtime } from '../../lake/runtime.ts';
import { isAlive } from './process-alive.ts';

const claimFile = 'leases/start.json';
const claimSchema = z.object({ pid: z.number() });
const lookEveryMs = 300;

/** What a start finds: the lake is its own to start, or another start keeps it up already. */
export type Claim =
  | { readonly kind: 'ours'; readonly release: () => Promise<void> }
  | { readonly kind: 'joined'; readonly runtime: Runtime };

/**
 * Sees to it that one lake has one server: a second start waits until the first is up and joins it. The
 * claim of a process that died is taken over.
 */
export async function claimStart(store: LocalStore, say: (line: string) => void): Promise<Claim> {
  let hasSaid = false;
  for (;;) {
    if (await store.putIfAbsent(claimFile, jsonBytes({ pid: process.pid }))) {
      return { kind: 'ours', release: () => store.remove(claimFile) };
    }
    const holder = await holderOf(store);
    if (holder === undefined || !isAlive(holder)) {
      await store.remove(claimFile);
      continue;
    }
    const runtime = await readRuntime(store);
    if (runtime?.pid === holder) return { kind: 'joined', runtime };
    if (!hasSaid) say(`Another npm start (process ${holder}) is bringing this lake up; waiting to join it`);
    hasSaid = true;
    await pause(lookEveryMs);
  }
}

async function holderOf(store: LocalStore): Promise<number | undefined> {
  const bytes = await store.get(claimFile);
  const parsed = bytes ? claimSchema.safeParse(parseJson(bytes)) : undefined;
  return parsed?.success ? parsed.data.pid : undefined;
}
