import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { jsonBytes, tryParseJson } from './json.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/** Which market a lake holds. Sample prices are synthetic and never share a lake with live ones. */
export type Market = 'sample' | 'live';

const identitySchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  market: z.enum(['sample', 'live']),
  createdAt: z.string(),
});

/** Who a lake is: its id opens every workflow id and task queue, since servers may be shared. */
export type LakeIdentity = Readonly<z.infer<typeof identitySchema>>;

const identityFile = 'lake.json';

/**
 * Reads the lake's identity, making one where the folder is new.
 * @throws LakeError `LakeMismatch` where the lake holds another market than asked for.
 */
export async function openIdentity(store: Store, market: Market, now: Date): Promise<LakeIdentity> {
  const known = (await readIdentity(store)) ?? (await createIdentity(store, market, now));
  if (known.market !== market) {
    throw new LakeError(
      'LakeMismatch',
      `The lake at ${store.pathOf('.')} holds the ${known.market} market, and this command is set to ${market}. ` +
        `Set MARKETLAKE_MARKET=${known.market}, or give the ${market} market a folder of its own with MARKETLAKE_DATA_DIR.`,
    );
  }
  return known;
}

/** Reads the lake's identity; undefined where there is no lake yet. */
export async function readIdentity(store: Store): Promise<LakeIdentity | undefined> {
  const bytes = await store.get(identityFile);
  if (!bytes) return undefined;
  const parsed = identitySchema.safeParse(tryParseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(identityFile)} is not a lake's identity (${parsed.error.issues[0]?.message ?? 'unreadable'}). Restore it from a backup, or point MARKETLAKE_DATA_DIR at another folder.`,
  );
}

async function createIdentity(store: Store, market: Market, now: Date): Promise<LakeIdentity> {
  const identity = {
    id: `${market}-${randomBytes(3).toString('hex')}`,
    market,
    createdAt: now.toISOString(),
  };
  if (await store.putIfAbsent(identityFile, jsonBytes(identity))) return identity;
  return (await readIdentity(store)) ?? identity;
}
