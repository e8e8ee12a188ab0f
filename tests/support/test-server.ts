import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchAttributes } from '../../client/command/lake-client.ts';
import { startDevServer, type DevServer } from '../../client/server/dev-server.ts';
import { temporalCliPath } from './temporal-cli.ts';

/** A Temporal server of one test file, with a database of its own. */
export interface TestServer {
  readonly address: string;
  readonly pid: number;
  /** Where its database and log lie. */
  readonly folder: string;
  /** Kills it without warning. */
  kill(): Promise<void>;
  /** Starts it again on the same database and port. */
  restart(): Promise<void>;
  /** Ends it and removes what it wrote. */
  close(): Promise<void>;
}

/** Starts a server as `npm start` does. Files that run at once look for ports from far apart. */
export async function startTestServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'test-server-'));
  const cliPath = await temporalCliPath();
  const start = (port: number): Promise<DevServer> =>
    startDevServer({
      cliPath,
      dbPath: join(folder, 'temporal.db'),
      logPath: join(folder, 'temporal.log'),
      port,
      uiPort: port + 1_000,
      searchAttributes,
    });
  let server = await start(24_000 + (process.pid % 400) * 20);
  const { address } = server;
  let isKilled = false;
  const kill = async (): Promise<void> => {
    if (isKilled) return;
    isKilled = true;
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
  };
  return {
    address,
    folder,
    get pid() {
      return server.pid;
    },
    kill,
    restart: async () => {
      server = await start(Number(address.split(':').at(-1)));
      isKilled = false;
    },
    close: async () => {
      // Its database goes with it, so nobody waits for it to end in order.
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
