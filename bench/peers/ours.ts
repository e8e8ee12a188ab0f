import { startRequest, backfillOf } from '../../tests/support/run-a-request.ts';
import { openTestLake } from '../../tests/support/test-lake.ts';
import { startWorkerChild } from '../../tests/support/worker-child.ts';
import { measurePath, overlayOf, startBenchServer } from '../measure.ts';
import { coins } from '../shape.ts';
import { within } from '../within.ts';
import { publishedIn, untilPublished, watchKill } from './count.ts';
import type { KillStory, Peer, Scene, Speed } from './peer.ts';

type Grain = 'cell' | 'month';

const longestRunMs = 15 * 60_000;

async function measure({ days }: Scene, grain: Grain): Promise<Speed> {
  const { wallSeconds, requests, workerCpuSeconds, serverCpuSeconds, workerPeakMb } = await measurePath({
    days,
    grain,
  });
  return {
    cells: coins.length * days,
    seconds: wallSeconds,
    requests,
    workerCpuSeconds,
    serverCpuSeconds,
    workerPeakMb,
  };
}

/** Kills the worker and starts another, which is what a supervisor, a container or `npm start` does by itself. */
async function kill({ market, days }: Scene, grain: Grain): Promise<KillStory> {
  const server = await startBenchServer();
  const test = await openTestLake({ address: server.address, market, overlay: overlayOf() });
  const root = test.lake.store.root;
  const cells = coins.length * days;
  const watch = watchKill(root);
  const first = await startWorkerChild(test.environment);
  const second: { stop?: () => Promise<void> } = {};
  try {
    const handle = await startRequest(test.lake, backfillOf({ days }, { grain }));
    let isOver = false;
    const result = handle.result().finally(() => (isOver = true));
    result.catch(() => undefined);
    await untilPublished(root, cells / 2, () => isOver, longestRunMs);
    await first.kill();
    const publishedAtKill = await publishedIn(root);
    const stateOfDead = 'Running: the run waits for a worker';
    const worker = await startWorkerChild(test.environment);
    second.stop = () => worker.stop();
    await within(longestRunMs, result);
    const acts = ['start a worker, where nothing does'];
    return await watch.count({ cells, publishedAtKill, requests: market.requests.length, acts, stateOfDead });
  } finally {
    await watch.stop();
    await first.kill();
    await second.stop?.();
    await test.close();
    await server.close();
  }
}

function ours(name: string, label: string, grain: Grain): Peer {
  return {
    name,
    label,
    measure: (scene) => measure(scene, grain),
    kill: (scene) => kill(scene, grain),
  };
}

/** Marketlake itself, in both lanes. */
export const ourPeers: readonly Peer[] = [
  ours('cell-lane', 'Marketlake, a workflow a cell', 'cell'),
  ours('month-lane', 'Marketlake, a workflow a month (`--grain month`)', 'month'),
];
