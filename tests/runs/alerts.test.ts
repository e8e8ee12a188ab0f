import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAlerts, type StandingAlert } from '../../alerts/list.ts';
import { runOptions } from '../../client/run/start-run.ts';
import { calendarByName } from '../../calendars/index.ts';
import { projectFolder } from '../../settings.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, utcDateOf } from '../../workflows/pure/cell.ts';
import { inLake, mainQueue } from '../../workflows/pure/ids.ts';
import { smallConfig } from '../client/support.ts';
import { filesBelow, leaksIn } from '../support/leaks.ts';
import { backfillOf, endOfRun, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { startWorkerChild, type WorkerChild } from '../support/worker-child.ts';

const canary = 'canary-of-the-webhook';

/** What a receiver got, and how it answered: 0 where it let the request hang. */
interface Got {
  readonly path: string;
  readonly id: string;
  readonly body: { readonly kind: string; readonly event: string; readonly title: string };
  readonly status: number;
}

const got: Got[] = [];
/** How the requests to come are answered, in turn; after that with 200. */
const answers: (number | 'hang')[] = [];

let server: TestServer;
let market: SampleMarket;
let receiver: ReturnType<typeof createServer>;
let opened: TestLake;
let worker: WorkerChild;
let lied: TestRunEnd;
let day: string;

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const path = request.url ?? '';
  const answer = path.includes('broken') ? 404 : (answers.shift() ?? 200);
  const body = JSON.parse(Buffer.concat(parts).toString()) as Got['body'];
  const id = String(request.headers['idempotency-key']);
  got.push({ path, id, body, status: answer === 'hang' ? 0 : answer });
  // One that is mean repeats the address it was called by.
  if (answer !== 'hang') response.writeHead(answer, { 'retry-after': '1' }).end(`you called ${path}`);
}

/** Runs `client/alerts.ts` as a person would. */
async function command(...words: string[]): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'client/alerts.ts', ...words], {
    cwd: projectFolder,
    env: { ...process.env, ...opened.environment },
  });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(parts).toString() };
}

const alertsOf = (): Promise<StandingAlert[]> =>
  listAlerts((sql, values) => opened.lake.index.rows(sql, values), new Date(0));
const acceptedBy = (hook: string): Got[] =>
  got.filter(({ path, status }) => path.includes(hook) && status === 200);

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  receiver = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  opened = await openTestLake({
    address: server.address,
    market,
    overlay: {
      assets: smallConfig.assets.filter(({ ticker }) => ticker === 'AAPL'),
      alerts: {
        answerWithinSeconds: 1,
        webhooks: [
          { name: 'team', on: ['refused'] },
          { name: 'broken', on: ['refused'], format: 'slack' },
        ],
      },
    },
    environment: {
      MARKETLAKE_ALERT_WEBHOOK_TEAM: `${url}/team/${canary}`,
      MARKETLAKE_ALERT_WEBHOOK_BROKEN: `${url}/broken/${canary}`,
    },
  });
  const nyse = calendarByName('nyse');
  day = addDays(utcDateOf(Date.now()), -3);
  while (!nyse.day(day).isOpen) day = addDays(day, -1);
  worker = await startWorkerChild(opened.environment);
  market.order({
    ...{ kind: 'patch-bar', times: null, symbol: 'AAPL', date: day, change: { op: 'set', value: 0 } },
  });
  answers.push(500, 429, 'hang');
  lied = await runRequest(opened.lake, backfillOf({ from: day, to: day }, { tickers: ['AAPL'] }));
}, cliTimeoutMs);
afterAll(async () => {
  await worker.stop();
  await opened.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await market.close();
  await server.close();
});

describe('a run with a refused cell, where one webhook is in trouble and one is wrong', () => {
  it('ends as it would without them, before anybody was told', () => {
    expect(lied).toMatchObject({ type: 'RunIncomplete', tally: { published: 0, refused: 1 } });
    expect(acceptedBy('/team/')).toEqual([]);
  });

  it('has its alert taken once, though the webhook failed, asked for time, hung, and the worker was killed', async () => {
    await until(() => got.some(({ status }) => status === 0));
    await worker.kill();
    worker = await startWorkerChild(opened.environment);
    const [alert] = await until(async () => {
      const alerts = (await alertsOf()).filter(({ kind }) => kind === 'refused');
      return (
        alerts.some(({ deliveries }) => deliveries.some(({ outcome }) => outcome === 'delivered')) && alerts
      );
    });
    expect(alert).toMatchObject({
      state: 'open',
      kind: 'refused',
      title: expect.stringContaining(day) as string,
    });
    expect(got.filter(({ path }) => path.includes('/team/')).map(({ status }) => status)).toEqual([
      500, 429, 0, 200,
    ]);
    // Whoever took the one that hung can tell by its key that it is the same.
    expect(new Set(got.filter(({ path }) => path.includes('/team/')).map(({ id }) => id)).size).toBe(1);
  });

  it('gives the wrong webhook up at once, and says so where people look', async () => {
    expect(got.filter(({ path }) => path.includes('/broken/'))).toHaveLength(1);
    const [alert] = (await alertsOf()).filter(({ kind }) => kind === 'refused');
    const broken = alert?.deliveries.find(({ webhook }) => webhook === 'broken');
    expect(broken).toMatchObject({
      outcome: 'undelivered',
      reason: expect.stringContaining('HTTP 404') as string,
    });
    const id = inLake(opened.lake.lake.id, `notify/broken/refused/${alert?.key}/1`);
    const { status } = await opened.lake.client.workflow.getHandle(id).describe();
    expect(status.name).toBe('FAILED');
  });
});

describe('the same lake later', () => {
  it('is looked at by the tick of the schedule too, and the daily run that it starts tells once that it is over', async () => {
    market.clearFaults();
    const { lake, client, settings, isSearchable } = opened.lake;
    const tick = await client.workflow.start('dailyTick', {
      workflowId: inLake(lake.id, 'tick'),
      taskQueue: mainQueue(lake.id),
      args: [{ lake: lake.id, options: runOptions(settings, isSearchable) }],
    });
    const { run } = (await tick.result()) as { run: string };
    const { events } = await tick.fetchHistory();
    const steps = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(steps?.filter(Boolean)).toEqual(['planDay', 'findAlerts']);
    expect(await endOfRun(client.workflow.getHandle(inLake(lake.id, run)))).toMatchObject({
      outcome: 'completed',
    });
    await until(() => acceptedBy('/team/').length === 2);
    expect(acceptedBy('/team/').map(({ body }) => body.event)).toEqual(['opened', 'resolved']);
  });

  it('tries its webhooks and lists its alerts by command, and ends with 1 where one is not well', async () => {
    const [tried, listed] = await Promise.all([command('test', '--json'), command()]);
    expect(tried.code).toBe(1);
    expect(JSON.parse(tried.out)).toMatchObject({
      webhooks: [
        { webhook: 'team', isAccepted: true, said: 'HTTP 200' },
        { webhook: 'broken', isAccepted: false, said: expect.stringContaining('HTTP 404') as string },
      ],
    });
    expect(got.filter(({ body }) => body.kind === 'test')).toHaveLength(1);
    expect(listed.code).toBe(1);
    expect(listed.out).toMatch(/\n {2}over since .*\n {2}broken: undelivered\. .*HTTP 404/);
    expect(await leaksIn([canary], [], { tried: tried.out, listed: listed.out })).toEqual([]);
  });

  it('holds the address of no webhook, in no file, no history and no log', async () => {
    const files = await filesBelow(opened.lake.settings.lakeFolder, server.folder);
    expect(files.some((file) => file.includes('/records/alerts/refused/'))).toBe(true);
    const database = files.find((file) => file.endsWith('temporal.db')) ?? 'none';
    const histories = files.filter((file) => file.startsWith(database)).map((file) => readFile(file));
    expect((await Promise.all(histories)).some((bytes) => bytes.includes('WebhookRefused'))).toBe(true);
    expect(await leaksIn([canary], files, { log: worker.output() })).toEqual([]);
  });
});
