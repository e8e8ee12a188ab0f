import { readManifest } from '../lake/batches.ts';
import { decodeSegment } from '../lake/layout.ts';
import type { LocalStore } from '../lake/local-store.ts';
import { targetOf, type MarketRequest } from './market-requests.ts';

/**
 * Finds requests whose answer lay staged already, and batches that hold the same answer twice, in sentences. An
 * answer that was on its way to a process that died was staged by nobody, so asking for it again is right.
 */
export async function repeatedRequests(
  store: LocalStore,
  requests: readonly MarketRequest[],
): Promise<string[]> {
  const complaints: string[] = [];
  const seen = new Set<string>();
  for (const { targets, completeAt } of await sealedBatches(store)) {
    for (const target of targets) {
      if (seen.has(target)) complaints.push(`two batches hold ${target}`);
      seen.add(target);
      const again = requests.find((request) => targetOf(request) === target && request.at > completeAt);
      if (again) complaints.push(`${target} was complete at ${completeAt} and asked again at ${again.at}`);
    }
  }
  return complaints;
}

async function sealedBatches(
  store: LocalStore,
): Promise<{ readonly targets: readonly string[]; readonly completeAt: string }[]> {
  const manifests = (await store.list('staging')).filter((key) => key.endsWith('/manifest.json'));
  return Promise.all(
    manifests.map(async (key) => {
      const [, source = '', ingestionDate = '', id = ''] =
        /source=([^/]+)\/ingestion_date=([^/]+)\/batch_id=([^/]+)\//.exec(key) ?? [];
      const batch = { id: decodeSegment(id), ingestionDate };
      const pages = (await readManifest(store, decodeSegment(source), batch))?.pages ?? [];
      return {
        targets: pages.map((page) => page.request.target),
        completeAt:
          pages
            .map((page) => page.fetchedAt)
            .sort()
            .at(-1) ?? '',
      };
    }),
  );
}
