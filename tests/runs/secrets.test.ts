import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { filesBelow, leaksIn } from '../support/leaks.ts';
import { startMeanApi, type MeanApi } from '../support/mean-api.ts';
import { backfillOf, runRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const keys = { coingecko: 'canary-of-coingecko', massive: 'canary-of-massive' };
const secrets = Object.values(keys);

let server: TestServer;
let market: SampleMarket;
let mean: MeanApi;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket({ keys });
  mean = await startMeanApi(market.urlOf('massive'));
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    // A base URL of one's own is paced as the plan says.
    overlay: {
      sources: { massive: { plan: { requestsPerMinute: 6_000 } } },
      // The report is among the files that hold no key.
      run: { report: true },
    },
    environment: {
      COINGECKO_API_KEY: keys.coingecko,
      MASSIVE_API_KEY: keys.massive,
      MASSIVE_BASE_URL: mean.url,
    },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await mean.close();
  await market.close();
  await server.close();
});

it('a key that an API repeats in answers, refusals, redirects and addresses is in no file, no history and no failure', async () => {
  const range = { from: '2026-11-16', to: '2026-11-19' };
  const tickers = ['BTC', 'AAPL', 'MSFT', 'GOOGL', 'SPY'];
  const end = await runRequest(worked.lake, backfillOf(range, { tickers }));
  expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 8, failed: 12 } });
  // It had the key every time, and each of its four ways to repeat it was taken.
  expect(new Set(mean.requests.map(({ key }) => key))).toEqual(new Set([keys.massive]));
  for (const sign of ['MSFT', 'GOOGL', 'SPY', 'cursor=more']) {
    expect(mean.requests.some(({ path }) => path.includes(sign))).toBe(true);
  }

  const files = await filesBelow(worked.lake.settings.lakeFolder, server.folder);
  expect(files.some((file) => file.includes('/refused/raw/'))).toBe(true);
  // The server's database holds what it was sent as it was sent, so a key in it would be found.
  const database = files.find((file) => file.endsWith('temporal.db')) ?? 'none';
  const histories = await Promise.all(
    files.filter((file) => file.startsWith(database)).map((file) => readFile(file)),
  );
  expect(histories.some((bytes) => bytes.includes('RunIncomplete'))).toBe(true);
  const texts = { message: end.message, requests: JSON.stringify(market.requests) };
  expect(await leaksIn(secrets, files, texts)).toEqual([]);
});
