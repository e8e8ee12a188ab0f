import { describe, expect, it } from 'vitest';
import type { MarketRequest } from '../../chaos/market-requests.ts';
import { repeatedRequests } from '../../chaos/repeated-requests.ts';
import { sealBatch } from '../../lake/batches.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { collectBatch, facts, openStore, sealFacts, temporaryFolders } from '../lake/support/lake.ts';

const folder = temporaryFolders();

/** A lake with sealed batches, each of the same two pages. */
async function lakeWith(...batchIds: string[]): Promise<LocalStore> {
  const store = openStore(folder());
  for (const batchId of batchIds) {
    await collectBatch(store, batchId);
    await sealBatch(store, 'massive', { ...sealFacts, batchId }, 2);
  }
  return store;
}

const asked = (path: string, afterMs: number): MarketRequest => ({
  at: new Date(Date.parse(facts.recordedAt) + afterMs).toISOString(),
  path: `/massive${path}`,
  query: {},
  status: 200,
});

describe('a request for what was staged', () => {
  it('is none before its batch was complete, and none for anything else', async () => {
    const store = await lakeWith('batch-1');
    expect(await repeatedRequests(store, [asked('/page/0', -2_000), asked('/page/1', -1_000)])).toEqual([]);
    expect(await repeatedRequests(store, [asked('/page/9', 1_000)])).toEqual([]);
  });

  it('is told where it came after', async () => {
    const store = await lakeWith('batch-1');
    const complaints = await repeatedRequests(store, [asked('/page/1', -1_000), asked('/page/1', 1_000)]);
    expect(complaints).toEqual([expect.stringMatching(/^\/page\/1 was complete at .* asked again at /)]);
  });

  it('is told where two batches hold its answer', async () => {
    const complaints = await repeatedRequests(await lakeWith('batch-1', 'batch-2'), []);
    expect(complaints).toEqual(['two batches hold /page/0', 'two batches hold /page/1']);
  });
});
