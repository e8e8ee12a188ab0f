import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { mainQueue } from '../../workflows/pure/ids.ts';
import { backfillOf, endOfRun, startRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { layOutImage, type ImageFiles, type ImageProcess } from './image.ts';

const deployment = 'marketlake';
const started: ImageProcess[] = [];
let image: ImageFiles;
let server: TestServer;
let market: SampleMarket;
let opened: TestLake;
let filesBefore: string[];

beforeAll(async () => {
  [image, server, market] = await Promise.all([layOutImage(), startTestServer(), startSampleMarket()]);
  filesBefore = image.look();
  opened = await openTestLake({ address: server.address, market });
}, cliTimeoutMs);
afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL');
    await ended;
  }
  await opened.close();
  await market.close();
  await server.close();
  image.remove();
});

function startOf(script: string, more: Readonly<Record<string, string>> = {}): ImageProcess {
  const program = image.start(script, { ...opened.environment, ...more });
  started.push(program);
  return program;
}

/** Starts a worker that is one build of the deployment. */
async function startBuild(buildId: string): Promise<ImageProcess> {
  const worker = startOf('worker/main.ts', {
    TEMPORAL_DEPLOYMENT_NAME: deployment,
    TEMPORAL_WORKER_BUILD_ID: buildId,
  });
  await worker.ready;
  return worker;
}

/** Makes a build the one that takes new runs. The server knows it once its worker has asked for work. */
async function setCurrent(buildId: string): Promise<void> {
  const { client, namespace } = opened.lake;
  const version = { deploymentName: deployment, buildId, version: `${deployment}.${buildId}` };
  await until(() =>
    client.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace, identity: 'test', ...version })
      .then(
        () => true,
        () => false,
      ),
  );
}

/** Starts a backfill of one asset, whose one request is answered late, and waits until it is asked. */
async function startSlowRun(ticker: string, delayMs: number): Promise<string> {
  market.order({ kind: 'slow', delayMs, times: 1, match: { pathIncludes: ticker } });
  const asked = market.requests.length;
  const { workflowId } = await startRequest(opened.lake, backfillOf({ days: 5 }, { tickers: [ticker] }));
  await until(() => market.requests.length > asked);
  return workflowId;
}

async function buildOf(client: Client, workflowId: string): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

describe('the files of the image', () => {
  it('are unhealthy without a worker', async () => {
    const healthy = startOf('client/healthy.ts');
    expect(await healthy.ended, healthy.output()).toBe(1);
    expect(healthy.output()).toContain(`No worker of this host`);
  });

  it('serve two builds: a run stays with the one that began it, and the next goes to the new one', async () => {
    const { client, lake } = opened.lake;
    const [old] = await Promise.all([startBuild('one'), startBuild('two')]);
    await setCurrent('one');
    const begun = await startSlowRun('AAPL', 2_000);
    await setCurrent('two');
    const next = await startRequest(opened.lake, backfillOf({ days: 5 }, { tickers: ['SPY'] }));
    expect(await endOfRun(next)).toMatchObject({ outcome: 'completed' });
    expect(await buildOf(client, next.workflowId)).toBe('two');
    expect(await endOfRun(client.workflow.getHandle(begun))).toMatchObject({ outcome: 'completed' });
    expect(await buildOf(client, begun)).toBe('one');
    const cells = client.workflow.list({
      query: `TaskQueue = '${mainQueue(lake.id)}' AND WorkflowType = 'partition'`,
    });
    const builds = new Set<string>();
    for await (const { workflowId } of cells) builds.add((await buildOf(client, workflowId)) ?? 'none');
    expect([...builds].sort()).toEqual(['one', 'two']);
    const healthy = startOf('client/healthy.ts');
    expect(await healthy.ended, healthy.output()).toBe(0);
    old.child.kill('SIGTERM');
    expect(await old.ended, old.output()).toBe(0);
  });

  it('end in order: a step that is under way is brought to its end, and no other is begun', async () => {
    const { client } = opened.lake;
    const run = await startSlowRun('MSFT', 2_000);
    const [worker] = started.filter(({ child }) => child.exitCode === null);
    worker?.child.kill('SIGTERM');
    expect(await worker?.ended, worker?.output()).toBe(0);
    const kept = (await opened.lake.store.list('incoming')).map((path) => path.split('/').at(-1));
    expect(kept, 'the answer is here, and nobody has sealed it').toContain('raw.json');
    expect((await client.workflow.getHandle(run).describe()).status.name).toBe('RUNNING');
  });

  it('are as they were: all of it ran from a folder that nobody wrote to', () => {
    expect(filesBefore.length).toBeGreaterThan(400);
    expect(image.look()).toEqual(filesBefore);
  });
});
