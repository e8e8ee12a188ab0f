import { z } from 'zod';
import { jsonBytes, parseJson } from './json.ts';
import type { Store } from './store.ts';

const runtimeSchema = z.object({
  /** The process that keeps the rest up; when it is gone, this file is out of date. */
  pid: z.number(),
  startedAt: z.string(),
  temporal: z.object({ address: z.string(), uiUrl: z.string().nullable(), pid: z.number().nullable() }),
  /** Where the sample market answers; null on the live market. */
  marketUrl: z.string().nullable(),
});

/** What runs where for a lake; `npm start` writes it, the other commands read it. */
export type Runtime = Readonly<z.infer<typeof runtimeSchema>>;

const runtimeFile = 'runtime.json';

/** Reads what runs where; undefined where nothing was started for this lake. */
export async function readRuntime(store: Store): Promise<Runtime | undefined> {
  const bytes = await store.get(runtimeFile);
  const parsed = bytes ? runtimeSchema.safeParse(parseJson(bytes)) : undefined;
  return parsed?.success ? parsed.data : undefined;
}

/** Writes what runs where. */
export async function writeRuntime(store: Store, runtime: Runtime): Promise<void> {
  await store.put(runtimeFile, jsonBytes(runtime));
}

/** Forgets what ran where, once it has been stopped. */
export async function removeRuntime(store: Store): Promise<void> {
  await store.remove(runtimeFile);
}
