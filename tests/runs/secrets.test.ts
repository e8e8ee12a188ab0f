import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { backfillOf, runRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const keys = { coingecko: 'canary-of-coingecko', massive: 'canary-of-massive' };

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket({ keys });
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    // The report is among the files that hold no key.
    overlay: { run: { report: true } },
    environment: { COINGECKO_API_KEY: keys.coingecko, MASSIVE_API_KEY: keys.massive },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

it('a key that opens the market is in no file, no history and no failure, whatever goes wrong', async () => {
  market.order({ kind: 'status', status: 403, body: 'json', match: { pathIncludes: 'MSFT' }, times: null });
  market.order({ kind: 'html', match: { pathIncludes: 'SPY' }, times: null });
  const range = { from: '2026-11-16', to: '2026-11-19' };
  const end = await runRequest(worked.lake, backfillOf(range, { tickers: ['BTC', 'AAPL', 'MSFT', 'SPY'] }));
  expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 8, failed: 8 } });
  expect(market.requests.length).toBeGreaterThanOrEqual(4);

  const folders = [worked.lake.settings.lakeFolder, server.folder];
  const files = (await Promise.all(folders.map(filesBelow))).flat();
  expect(files.some((file) => file.endsWith('temporal.db'))).toBe(true);
  expect(files.some((file) => file.includes('/refused/raw/'))).toBe(true);
  const leaks: string[] = [];
  let isHistoryLegible = false;
  for (const file of files) {
    const bytes = await readFile(file);
    // The server's database holds what it was sent as it was sent, so a key in it would be found.
    if (file.startsWith(server.folder) && bytes.includes('RunIncomplete')) isHistoryLegible = true;
    if (Object.values(keys).some((key) => bytes.includes(key))) leaks.push(file);
  }
  expect(isHistoryLegible).toBe(true);
  expect(leaks).toEqual([]);
  expect(Object.values(keys).filter((key) => end.message.includes(key))).toEqual([]);
  expect(Object.values(keys).filter((key) => JSON.stringify(market.requests).includes(key))).toEqual([]);
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
