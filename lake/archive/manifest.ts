import { z } from 'zod';
import { checksumOf } from '../checked-json.ts';
import { tryParseJson } from '../json.ts';

const memberSchema = z.object({ path: z.string(), sha256: z.string(), sizeBytes: z.number() });

const manifestSchema = z.object({
  kind: z.string(),
  source: z.string(),
  month: z.string(),
  members: z.array(memberSchema),
});

/** One packed file: its key in the lake, and what its bytes are. */
export type ArchiveMember = Readonly<z.infer<typeof memberSchema>>;

/** What lies in an archive. */
export type ArchiveManifest = Readonly<z.infer<typeof manifestSchema>>;

/** Reads a manifest's bytes; undefined where they are not what was written. */
export function parseArchiveManifest(bytes: Uint8Array): ArchiveManifest | undefined {
  if (checksumOf(bytes) !== 'right') return undefined;
  return manifestSchema.safeParse(tryParseJson(bytes)).data;
}
