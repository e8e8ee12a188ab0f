import { z } from 'zod';
import { checksumOf } from '../checked-json.ts';
import { tryParseJson } from '../json.ts';
import { recordFile } from '../layout.ts';
import { recordNumbers } from '../records.ts';
import type { Store } from '../store.ts';

const recordSchema = z.object({
  event: z.literal('archived'),
  recordedAt: z.string(),
  archive: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  manifestSha256: z.string(),
  memberCount: z.number(),
  memberBytes: z.number(),
});

/** What was recorded of an archive when it was made. */
export type ArchiveRecord = Readonly<z.infer<typeof recordSchema>>;

const archiveRecords = 'records/archives';

/** Reads every record of an archive that is whole; the others are for whoever checks the records themselves. */
export async function readArchiveRecords(store: Store): Promise<ArchiveRecord[]> {
  const found: ArchiveRecord[] = [];
  for (const name of (await store.namesIn(archiveRecords)).sort()) {
    const folder = `${archiveRecords}/${name}`;
    for (const number of await recordNumbers(store, folder)) {
      const bytes = await store.get(recordFile(folder, number));
      const read =
        bytes && checksumOf(bytes) === 'right' ? recordSchema.safeParse(tryParseJson(bytes)) : null;
      if (read?.success) found.push(read.data);
    }
  }
  return found;
}
