import { startSampleMarket, type SampleMarket } from '../sources/sample/server.ts';
import { openTestLake, type TestLake } from '../tests/support/test-lake.ts';
import { startTestServer, type TestServer } from '../tests/support/test-server.ts';
import { startWorkerChild, type WorkerChild } from '../tests/support/worker-child.ts';
import { startCommand, type CommandChild } from './command-child.ts';

/** What a round kills. */
export type Victim = 'worker' | 'server' | 'client' | 'all three';

/** A market, and a server, a worker and a client on one lake, each a process that may be killed. */
export interface Stage {
  readonly market: SampleMarket;
  readonly server: TestServer;
  readonly opened: TestLake;
  readonly worker: () => WorkerChild;
  readonly client: () => CommandChild;
  readonly kill: (victim: Victim) => Promise<void>;
  /** Starts again what was killed, in the order in which each needs the one before. */
  readonly startAgain: (victim: Victim) => Promise<void>;
  readonly restartClient: () => void;
  /** Ends the worker in order and starts another, as the next `npm start` would. */
  readonly nextStart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Small pages make more requests, and few cells at once a run that lasts until it is killed. */
const pageSize = 8;
const overlay = { run: { cellsAtOnce: 20, windowsAtOnce: 3, patienceMinutes: 2 } };

const openStages = new Set<Stage>();

/** Takes down whatever is up: a server outlives whoever started it. */
export async function closeStages(): Promise<void> {
  await Promise.all([...openStages].map((stage) => stage.close()));
}

/** Brings everything up and begins a backfill. */
export async function openStage(backfill: readonly string[]): Promise<Stage> {
  const server = await startTestServer();
  const market = await startSampleMarket({ pageSize });
  const opened = await openTestLake({ address: server.address, market, overlay });
  const { environment } = opened;
  const startClient = (): CommandChild => startCommand('backfill', backfill, environment);
  let worker = await startWorkerChild(environment);
  let client = startClient();
  const is = (victim: Victim, ...those: Victim[]): boolean => [...those, 'all three'].includes(victim);
  const stage: Stage = {
    market,
    server,
    opened,
    worker: () => worker,
    client: () => client,
    kill: async (victim) => {
      await Promise.all([
        is(victim, 'server') ? server.kill() : undefined,
        is(victim, 'worker') ? worker.kill() : undefined,
        is(victim, 'client') ? client.kill() : undefined,
      ]);
    },
    startAgain: async (victim) => {
      if (is(victim, 'server')) await server.restart();
      if (is(victim, 'worker')) worker = await startWorkerChild(environment);
      if (is(victim, 'client')) client = startClient();
    },
    restartClient: () => void (client = startClient()),
    nextStart: async () => {
      await worker.stop();
      worker = await startWorkerChild(environment);
    },
    close: async () => {
      if (!openStages.delete(stage)) return;
      await client.kill();
      await worker.stop();
      await opened.close();
      await market.close();
      await server.close();
    },
  };
  openStages.add(stage);
  return stage;
}
