import { Connection } from '@temporalio/client';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../client/server/free-port.ts';
import { temporalCliPath } from '../support/temporal-cli.ts';
import { until } from '../support/until.ts';

/**
 * A Temporal server that somebody else configured: four partitions a queue, none of our attributes, and long
 * histories not welcome, so that whoever begins them anew when told to does so within one test.
 */
export interface FoundServer {
  readonly address: string;
  /** Kills it and starts it again on the same database. */
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

const longestHistory = 25;

/** Starts such a server with nothing but a place to keep its data. */
export async function startFoundServer(): Promise<FoundServer> {
  const folder = await mkdtemp(join(tmpdir(), 'found-server-'));
  const port = await freePort(34_000 + (process.pid % 400) * 20);
  const address = `127.0.0.1:${port}`;
  const start = async (): Promise<ChildProcess> => {
    const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'].flatMap((each) => ['--sqlite-pragma', each]);
    const place = ['--headless', '--port', String(port), '--db-filename', join(folder, 'temporal.db')];
    const short = ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${longestHistory}`];
    const args = ['server', 'start-dev', '--log-level', 'error', ...place, ...pragmas, ...short];
    const child = spawn(await temporalCliPath(), args, { stdio: 'ignore' });
    await until(() => answers(address));
    return child;
  };
  let server = await start();
  const end = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  return {
    address,
    killAndRestart: async () => {
      await end();
      server = await start();
    },
    close: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '1 second' });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
