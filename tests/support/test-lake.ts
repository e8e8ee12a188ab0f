import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivityDeps } from '../../activities/deps.ts';
import { connectLake, openLake, type ConnectedLake } from '../../client/command/lake-client.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { writeRuntime } from '../../lake/runtime.ts';
import { loadSettings } from '../../settings.ts';
import type { SampleMarket } from '../../sources/sample/server.ts';
import { openDeps } from '../../worker/open-deps.ts';
import { runWorker, type RunningWorker } from '../../worker/run-worker.ts';
import { installQuietRuntime } from './quiet-runtime.ts';

/** How a test's lake differs from marketlake.yaml. */
export interface TestLakeOptions {
  readonly address: string;
  /** Of a server that was started as `npm start` does, whose queues let go exactly; left out: one that was found. */
  readonly serverPid?: number;
  readonly market: SampleMarket;
  /** Laid over marketlake.yaml; runs are impatient and write no report unless it says otherwise. */
  readonly overlay?: Record<string, unknown>;
  /** Further variables, such as a key. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A lake in a temporary folder, as commands see it, whose worker a test runs itself. */
export interface TestLake {
  readonly lake: ConnectedLake;
  /** The variables by which a process of its own opens this lake. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Two attempts a second apart: trouble is retried, and a test does not wait for it long. A report takes longer than
 * most runs of a test: one that looks at it says `run: { report: true }`.
 */
const impatient = { patienceMinutes: 0.02, report: false };

/** Makes a lake that knows its server and its market. */
export async function openTestLake(options: TestLakeOptions): Promise<TestLake> {
  const folder = await mkdtemp(join(tmpdir(), 'test-lake-'));
  const configPath = join(folder, 'overlay.yaml');
  const lakeFolder = join(folder, 'lake');
  // A snapshot would add its request and its cells to every daily run: a test that is about one says so.
  const { run, snapshots = [], ...rest } = options.overlay ?? {};
  // JSON is YAML.
  await writeFile(
    configPath,
    JSON.stringify({ ...rest, snapshots, run: { ...impatient, ...(run as object | undefined) } }),
  );
  const environment = {
    MARKETLAKE_DATA_DIR: lakeFolder,
    MARKETLAKE_MARKET: 'sample',
    MARKETLAKE_CONFIG: configPath,
    ...options.environment,
  };
  const settings = loadSettings(environment);
  await writeRuntime(new LocalStore(settings.lakeFolder), {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    temporal: { address: options.address, uiUrl: null, pid: options.serverPid ?? null },
    marketUrl: options.market.url,
  });
  const lake = await connectLake(await openLake(settings));
  return {
    lake,
    environment,
    close: async () => {
      await lake.client.connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A lake whose worker runs in this process, by a clock that the test sets. */
export interface WorkedLake {
  readonly lake: ConnectedLake;
  readonly deps: ActivityDeps;
  /** The variables by which a process of its own opens this lake. */
  readonly environment: Readonly<Record<string, string>>;
  setNow(now: Date): void;
  close(): Promise<void>;
}

/** What a worker in this process is given besides its settings. */
export interface WorkedLakeOptions extends TestLakeOptions {
  readonly now: Date;
  /** Changes what activities work with. */
  readonly withDeps?: (deps: ActivityDeps) => ActivityDeps;
  /** What happens while there is no worker yet. */
  readonly beforeWorker?: (lake: ConnectedLake) => Promise<void>;
}

/** Opens a lake and runs a worker for it; the market's clock is set to the same instant. */
export async function workTestLake(options: WorkedLakeOptions): Promise<WorkedLake> {
  installQuietRuntime();
  const opened = await openTestLake(options);
  const { lake } = opened;
  let now = options.now;
  const setNow = (next: Date): void => {
    now = next;
    options.market.setNow(next);
  };
  setNow(now);
  await options.beforeWorker?.(lake);
  const connection = await NativeConnection.connect({ address: options.address });
  const deps = await openDeps(lake.settings, lake.client, () => now);
  const given = options.withDeps?.(deps) ?? deps;
  const worker = await runWorker(lake.settings, given, connection, lake.namespace);
  return {
    // DuckDB does not notice a second opening within one process, so test and worker share one index.
    lake: { ...lake, index: deps.index },
    deps,
    environment: opened.environment,
    setNow,
    close: async () => {
      await stopped(worker);
      await connection.close();
      await opened.close();
    },
  };
}

/** A client of its own, for a test that outlives a server. */
export async function connectClient(address: string): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address }) });
}

async function stopped(worker: RunningWorker): Promise<void> {
  worker.stop();
  await worker.ended;
}
