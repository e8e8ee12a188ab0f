import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { watchBronze } from '../support/bronze-reader.ts';
import { countStates } from '../support/lake-view.ts';
import { backfillOf, runRequest } from '../support/run-a-request.ts';
import { mountDisk } from '../support/small-disk.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { startWorkerChild, type WorkerChild } from '../support/worker-child.ts';

const disk = mountDisk('4m');

describe.skipIf(!disk)('a run whose disk fails (skipped where a small file system cannot be mounted)', () => {
  let server: TestServer;
  let market: SampleMarket;
  let opened: TestLake;
  let worker: WorkerChild;

  beforeAll(async () => {
    server = await startTestServer();
    market = await startSampleMarket();
    const environment = { MARKETLAKE_DATA_DIR: join(disk?.folder ?? '', 'lake') };
    opened = await openTestLake({ address: server.address, market, environment });
    worker = await startWorkerChild(opened.environment);
  }, cliTimeoutMs);
  afterAll(async () => {
    await worker.stop();
    await opened.close();
    await market.close();
    await server.close();
    disk?.remove();
  });

  const backfill = backfillOf({ days: 30 });

  it('ends with a typed failure when it is full, shows nothing half-written, and goes on when there is room', async () => {
    const { lake } = opened;
    const reader = watchBronze(lake.store);
    const full = await runRequest(lake, backfill, 'full');
    const published = (await lake.store.list('bronze')).length;
    expect(full.outcome).toBe('failed');
    expect(full.message).toMatch(/ENOSPC|disk space/i);
    expect(['RunIncomplete', 'LakeUnwritable', 'WarehouseUnwritable'], full.message).toContain(full.type);
    expect(published, 'it was full half-way').toBeGreaterThan(10);

    disk?.remount('size=60m');
    const roomy = await runRequest(lake, backfill, 'roomy');
    const sight = await reader.stop();
    expect(roomy).toMatchObject({ outcome: 'completed' });
    const states = await countStates(lake);
    expect(Object.keys(states).sort()).toEqual(['closed', 'published']);
    expect((states['published'] ?? 0) + (states['closed'] ?? 0)).toBe(210);
    expect(states['published']).toBeGreaterThan(published);
    expect(sight.complaints).toEqual([]);
    expect(await lake.store.list('candidates')).toEqual([]);
  }, 180_000);

  it('ends with a typed failure when it is read-only, and every file stays as it was', async () => {
    const { lake } = opened;
    const before = (await lake.store.list('bronze')).length;
    disk?.remount('ro');
    const refused = await runRequest(lake, backfillOf({ days: 30 }, { force: true }), 'read-only').catch(
      (error: unknown) => ({ outcome: 'failed', message: String(error) }),
    );
    disk?.remount('rw');
    expect(refused.outcome).toBe('failed');
    expect(refused.message).toMatch(/EROFS|read-only/i);
    expect((await lake.store.list('bronze')).length).toBe(before);
    const again = await runRequest(lake, backfillOf({ days: 30 }), 'writable');
    expect(again).toMatchObject({ outcome: 'completed' });
  }, 120_000);
});
