import { startSampleMarket, type SampleMarket } from '../sources/sample/server.ts';
import { openTestLake, type TestLake } from '../tests/support/test-lake.ts';
import { startTestServer, type TestServer } from '../tests/support/test-server.ts';
import { startWorkerChild, type WorkerChild } from '../tests/support/worker-child.ts';
import { startCommand, type CommandChild } from './command-child.ts';

/** What a round kills. */
export type Victim = 'worker' | 'server' | 'client' | 'all three';

/** What a stage is set up with. */
export interface StageSetup {
  /** The flags of its backfill. */
  readonly backfill: readonly string[];
  /** Spoils the market before the backfill asks it. */
  readonly before?: (market: SampleMarket) => void;
  /** Gives the worker another address of the server, such as a line that can be cut. */
  readonly lineTo?: (address: string) => Promise<string>;
  /** How long its runs bear trouble. */
  readonly patienceMinutes?: number;
}

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
  /** Starts one more worker on the same lake, which is ended with the stage. */
  readonly addWorker: () => Promise<WorkerChild>;
  /** Ends the worker in order and starts another, as the next `npm start` would. */
  readonly nextStart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Small pages make more requests, and few cells at once a run that lasts until it is killed. */
const pageSize = 8;
const run = { cellsAtOnce: 20, windowsAtOnce: 3 };

const openStages = new Set<Stage>();

/** Takes down whatever is up: a server outlives whoever started it. */
export async function closeStages(): Promise<void> {
  await Promise.all([...openStages].map((stage) => stage.close()));
}

/** Brings everything up and begins a backfill. */
export async function openStage(setup: StageSetup): Promise<Stage> {
  const { backfill, patienceMinutes = 2 } = setup;
  const server = await startTestServer();
  const market = await startSampleMarket({ pageSize });
  const overlay = { run: { ...run, patienceMinutes } };
  const opened = await openTestLake({ address: server.address, market, overlay });
  const { environment } = opened;
  const startClient = (): CommandChild => startCommand('backfill', backfill, environment);
  const line = await setup.lineTo?.(server.address);
  const ofWorker = line === undefined ? environment : { ...environment, TEMPORAL_ADDRESS: line };
  const others: WorkerChild[] = [];
  let worker = await startWorkerChild(ofWorker);
  setup.before?.(market);
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
      if (is(victim, 'worker')) worker = await startWorkerChild(ofWorker);
      if (is(victim, 'client')) client = startClient();
    },
    restartClient: () => void (client = startClient()),
    addWorker: async () => {
      const other = await startWorkerChild(environment);
      others.push(other);
      return other;
    },
    nextStart: async () => {
      await Promise.all([worker, ...others.splice(0)].map((each) => each.stop()));
      worker = await startWorkerChild(environment);
    },
    close: async () => {
      if (!openStages.delete(stage)) return;
      await client.kill();
      await Promise.all([worker, ...others].map((each) => each.stop()));
      await opened.close();
      await market.close();
      await server.close();
    },
  };
  openStages.add(stage);
  return stage;
}
