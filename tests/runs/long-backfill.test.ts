import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import { inLake } from '../../workflows/pure/ids.ts';
import { countStates, warehouseCloses } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const lastDay = '2026-11-19';
/** More cells than a window's page of 250 holds, and more windows than a plan's page of 20. */
const longDays = 255;
const shortTickers = Array.from({ length: 21 }, (_, index) => `S${String(index).padStart(2, '0')}`);

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let csvFolder: string;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  csvFolder = await mkdtemp(join(tmpdir(), 'csv-'));
  await writeSeries('LONG', longDays);
  for (const ticker of shortTickers) await writeSeries(ticker, 1);
  const tickers = ['LONG', ...shortTickers];
  const files = tickers.map((ticker) => [
    ticker,
    { file: `${ticker}.csv`, dateColumn: 'day', columns: { close: 'close' } },
  ]);
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    overlay: {
      assets: tickers.map((ticker) => ({
        ticker,
        class: 'index',
        calendar: 'file',
        sources: [{ dataset: 'csv.daily_closes', symbol: ticker }],
      })),
      sources: { csv: { folder: csvFolder, files: Object.fromEntries(files) as unknown } },
    },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
  await rm(csvFolder, { recursive: true, force: true });
});

async function writeSeries(ticker: string, days: number): Promise<void> {
  const lines = datesBetween(addDays(lastDay, 1 - days), lastDay).map(
    (date, index) => `${date},${100 + index}`,
  );
  await writeFile(join(csvFolder, `${ticker}.csv`), `day,close\n${lines.join('\n')}\n`);
}

/** True where the newest execution goes on with what an earlier one began. */
async function isContinuation(workflowId: string): Promise<boolean> {
  const { events } = await worked.lake.client.workflow.getHandle(workflowId).fetchHistory();
  return Boolean(events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId);
}

it('a backfill of many windows, one of them long, goes on in fresh histories and drops nothing', async () => {
  const { lake } = worked;
  const handle = await startRequest(lake, backfillOf({ days: longDays }));
  const end = await endOfRun(handle);
  expect(end).toMatchObject({
    outcome: 'completed',
    tally: { published: longDays + shortTickers.length, failed: 0 },
  });

  const longWindow = `window/csv.daily_closes/LONG/${addDays(lastDay, 1 - longDays)}..${lastDay}`;
  expect(await isContinuation(handle.workflowId), 'the run went on in a second history').toBe(true);
  expect(await isContinuation(inLake(lake.lake.id, longWindow)), 'so did the long window').toBe(true);

  expect((await countStates(lake))['published']).toBe(longDays + shortTickers.length);
  const closes = await warehouseCloses(lake, 'LONG');
  expect([...closes.values()]).toEqual(Array.from({ length: longDays }, (_, index) => 100 + index));
}, 180_000);
