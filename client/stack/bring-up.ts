import { Connection } from '@temporalio/client';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { removeRuntime, writeRuntime, type Runtime } from '../../lake/runtime.ts';
import { temporalConnection } from '../../settings.ts';
import { searchAttributes, type OpenLake } from '../command/lake-client.ts';
import { NobodyAnswers } from '../command/exit-code.ts';
import { startDevServer } from '../server/dev-server.ts';
import { findTemporalCli } from '../server/find-cli.ts';
import { prepareNamespace } from '../server/prepare-namespace.ts';
import { isAlive } from './process-alive.ts';
import { keepWorker } from './worker-process.ts';

/** Everything that is up for a lake. */
export interface Stack {
  readonly runtime: Runtime;
  /** Ends the worker, then the market, then the server, each in order. */
  stop(): Promise<void>;
}

interface Server {
  readonly temporal: Runtime['temporal'];
  stop(): Promise<void>;
}

/** Starts what a lake needs: a Temporal server unless one is given, the sample market, a worker. */
export async function bringUp(open: OpenLake, say: (line: string) => void): Promise<Stack> {
  const server = await serverFor(open, say);
  const market = open.settings.market === 'sample' ? await startSampleMarket() : undefined;
  const runtime: Runtime = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    temporal: server.temporal,
    marketUrl: market?.url ?? null,
  };
  await writeRuntime(open.store, runtime);
  say(`Starting ${market ? 'the sample market and a worker' : 'a worker'}`);
  try {
    const worker = await keepWorker(open.store.pathOf('logs/worker.log'), say);
    return { runtime, stop: () => takeDown(open, server, market, worker) };
  } catch (error) {
    await takeDown(open, server, market, undefined);
    throw error;
  }
}

async function takeDown(
  open: OpenLake,
  server: Server,
  market: SampleMarket | undefined,
  worker: { stop(): Promise<void> } | undefined,
): Promise<void> {
  await worker?.stop();
  await market?.close();
  await server.stop();
  await removeRuntime(open.store);
}

async function serverFor(open: OpenLake, say: (line: string) => void): Promise<Server> {
  const { settings } = open;
  if (settings.temporalAddress !== undefined) return givenServer(settings.temporalAddress, say);
  return (await leftServer(open, say)) ?? ownServer(open, say);
}

/** A server of somebody's: used as it is, never stopped, its retention left alone. */
async function givenServer(address: string, say: (line: string) => void): Promise<Server> {
  const { connectionOptions, namespace = 'default' } = temporalConnection(address);
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const found = error instanceof Error ? error.message : String(error);
    throw new NobodyAnswers(
      `TEMPORAL_ADDRESS names ${address}, which does not answer: ${found}. Start it, or unset the variable.`,
    );
  });
  try {
    for (const { sentence } of await prepareNamespace(connection, namespace, searchAttributes)) say(sentence);
  } finally {
    await connection.close();
  }
  say(`Using the Temporal server at ${address}. Requests to an API are paced by the ledger of its key.`);
  return { temporal: { address, uiUrl: null, pid: null }, stop: async () => undefined };
}

/** A server that outlived a start that was killed. Two on one database would spoil it, so it is taken over. */
async function leftServer(open: OpenLake, say: (line: string) => void): Promise<Server | undefined> {
  const left = open.runtime?.temporal;
  if (!left || left.pid === null || !isAlive(left.pid) || !(await answers(left.address))) return undefined;
  const { pid } = left;
  say(
    `Taking over the Temporal server at ${left.address} (process ${pid}), which an earlier start left running`,
  );
  return { temporal: left, stop: () => endProcess(pid) };
}

async function ownServer(open: OpenLake, say: (line: string) => void): Promise<Server> {
  const { settings, store } = open;
  const cli = await findTemporalCli({
    ...(settings.temporalCliPath === undefined ? {} : { cliPath: settings.temporalCliPath }),
    pathDirs: settings.pathFolders,
    cacheDir: settings.cacheFolder,
    say,
  });
  say(`Starting a Temporal server (${cli.path})`);
  const server = await startDevServer({
    cliPath: cli.path,
    dbPath: store.pathOf('temporal.db'),
    logPath: store.pathOf('logs/temporal.log'),
    searchAttributes,
  });
  return {
    temporal: { address: server.address, uiUrl: server.uiUrl, pid: server.pid },
    stop: () => server.stop(),
  };
}

async function answers(address: string): Promise<boolean> {
  const { connectionOptions } = temporalConnection(address);
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '3 seconds' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}
