import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { readManifest } from '../../lake/batches.ts';
import { decodeSegment } from '../../lake/layout.ts';
import type { SampleMarket } from '../../sources/sample/server.ts';
import { until } from '../support/until.ts';

/** Few windows at once, so that a kill finds some staged, some under way and some not begun. */
export const threeWindows = { run: { cellsAtOnce: 40, windowsAtOnce: 3, patienceMinutes: 2 } };

/** Waits until so many cells lie in bronze. */
export async function untilPublished(lake: ConnectedLake, count: number): Promise<void> {
  await until(async () => (await lake.store.list('bronze')).length >= count);
}

/** One sealed batch: what it asked, and when its last page came. */
interface SealedBatch {
  readonly targets: readonly string[];
  readonly completeAt: string;
}

/** Requests that ask again for what lay staged already, and batches that hold the same answer twice. */
export async function repeatedRequests(lake: ConnectedLake, market: SampleMarket): Promise<string[]> {
  const batches = await sealedBatches(lake);
  const complaints: string[] = [];
  const seen = new Set<string>();
  for (const { targets, completeAt } of batches) {
    for (const target of targets) {
      if (seen.has(target)) complaints.push(`two batches hold ${target}`);
      seen.add(target);
      const again = market.requests.filter(
        (request) => targetOf(request) === target && request.at > completeAt,
      );
      if (again.length > 0)
        complaints.push(`${target} was staged by ${completeAt} and asked again at ${again[0]?.at}`);
    }
  }
  return complaints;
}

/** Every sealed batch of a lake, by source and day. */
async function sealedBatches({ store }: ConnectedLake): Promise<SealedBatch[]> {
  const manifests = (await store.list('staging')).filter((key) => key.endsWith('/manifest.json'));
  return Promise.all(
    manifests.map(async (key) => {
      const [, source = '', ingestionDate = '', id = ''] =
        /source=([^/]+)\/ingestion_date=([^/]+)\/batch_id=([^/]+)\//.exec(key) ?? [];
      const batch = { id: decodeSegment(id), ingestionDate };
      const manifest = await readManifest(store, decodeSegment(source), batch);
      const pages = manifest?.pages ?? [];
      const last = pages.map((page) => page.fetchedAt).sort();
      return { targets: pages.map((page) => page.request.target), completeAt: last.at(-1) ?? '' };
    }),
  );
}

function targetOf(request: SampleMarket['requests'][number]): string {
  const path = request.path.replace(/^\/(coingecko\/api\/v3|massive)/, '');
  const query = new URLSearchParams(request.query).toString();
  return query === '' ? path : `${path}?${query}`;
}
