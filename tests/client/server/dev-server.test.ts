import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DevServer, DevServerOptions } from '../../../client/server/dev-server.ts';
import { startDevServer } from '../../../client/server/dev-server.ts';
import { freePort } from '../../../client/server/free-port.ts';
import { startProcess } from '../../../client/server/server-process.ts';
import { cliTimeoutMs, temporalCliPath } from '../../support/temporal-cli.ts';

let cliPath: string;
let folder: string;
let options: DevServerOptions;
let cleanUps: (() => Promise<void>)[];

beforeAll(async () => {
  cliPath = await temporalCliPath();
}, cliTimeoutMs);
beforeEach(async () => {
  cleanUps = [];
  folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
  options = {
    cliPath,
    dbPath: join(folder, 'lake', 'temporal.db'),
    logPath: join(folder, 'lake', 'logs', 'temporal.log'),
    port: 21_233,
    uiPort: 22_233,
    searchAttributes: ['Ticker', 'PartitionDate'],
  };
});
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  await rm(folder, { recursive: true, force: true });
});

async function start(changes: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({ ...options, ...changes });
  cleanUps.push(() => server.stop());
  return server;
}

async function connect(server: DevServer): Promise<Connection> {
  const connection = await Connection.connect({ address: server.address });
  cleanUps.push(() => connection.close());
  return connection;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanUps.push(async () => void server.close());
  return server;
}

const portOf = (address: string): number => Number(address.split(':').at(-1));

describe('a development server', () => {
  it('answers with its attributes and 30 days of retention, keeps a WAL file, and frees its port at the end', async () => {
    const server = await start();
    const connection = await connect(server);

    const attributes = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(attributes.customAttributes).toMatchObject({ Ticker: 2, PartitionDate: 2 });
    const namespace = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(namespace.config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    expect(existsSync(`${options.dbPath}-wal`)).toBe(true);
    const page = await fetch(server.uiUrl);
    expect(page.status).toBe(200);

    await server.stop();
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(await freePort(portOf(server.address))).toBe(portOf(server.address));
  });

  it('has one partition a queue, refuses ids that PostgreSQL would refuse, and is out of the reach of Ctrl-C', async () => {
    const server = await start();
    const connection = await connect(server);
    const partitions = await connection.workflowService.listTaskQueuePartitions({
      namespace: 'default',
      taskQueue: { name: 'source-massive' },
    });
    expect(partitions.activityTaskQueuePartitions).toHaveLength(1);
    const { workflow } = new Client({ connection });
    const starting = workflow.start('long', { taskQueue: 'nobody', workflowId: 'x'.repeat(256) });
    await expect(starting).rejects.toMatchObject({
      cause: { details: expect.stringContaining('length') as string },
    });
    // A process group of that number is there only where the server leads one of its own.
    expect(() => process.kill(-server.pid, 0)).not.toThrow();
  });

  it('keeps what ran when it is started again, and learns new search attributes on its old file', async () => {
    const first = await start();
    const client = new Client({ connection: await connect(first) });
    await client.workflow.start('kept', { taskQueue: 'nobody', workflowId: 'kept' });
    await first.stop();

    const second = await start({ searchAttributes: ['Ticker', 'Run'] });
    const connection = await connect(second);
    const again = new Client({ connection });
    expect((await again.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
    const attributes = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(attributes.customAttributes ?? {})).toEqual(
      expect.arrayContaining(['Ticker', 'PartitionDate', 'Run']),
    );
    expect(await again.workflow.count('Run = "daily"')).toMatchObject({ count: 0 });
  });

  it('keeps what ran when it was killed, and its end is told', async () => {
    const first = await start();
    const client = new Client({ connection: await connect(first) });
    await client.workflow.start('kept', { taskQueue: 'nobody', workflowId: 'kept' });
    process.kill(first.pid, 'SIGKILL');
    expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });

    const second = new Client({ connection: await connect(await start()) });
    expect((await second.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  });

  it('steps over busy ports, for itself and for the Web UI', async () => {
    await listen(21_240);
    await listen(22_240);
    const server = await start({ port: 21_240, uiPort: 22_240 });
    expect(portOf(server.address)).toBeGreaterThan(21_240);
    expect(portOf(server.uiUrl)).toBeGreaterThan(22_240);
  });

  it('is never mistaken for another that was started on the same ports at the same moment', async () => {
    const place = (name: string): Partial<DevServerOptions> => ({
      dbPath: join(folder, name, 'temporal.db'),
      logPath: join(folder, name, 'temporal.log'),
    });
    // All settled first: what started must be stopped though another did not.
    const started = await Promise.allSettled(['a', 'b', 'c'].map((name) => start(place(name))));
    const servers = started.filter((each) => each.status === 'fulfilled').map((each) => each.value);
    expect(new Set(servers.map((server) => server.address)).size).toBe(3);
    expect(new Set(servers.map((server) => server.uiUrl)).size).toBe(3);
    for (const server of servers) expect(() => process.kill(server.pid, 0)).not.toThrow();
  });

  it('says why it did not start, with the end of its log', async () => {
    await writeFile(
      join(folder, 'temporal.db'),
      'this is no database, and long enough to be read as one'.repeat(100),
    );
    const starting = startDevServer({ ...options, dbPath: join(folder, 'temporal.db') });
    await expect(starting).rejects.toMatchObject({ code: 'ServerDidNotStart' });
    await expect(starting).rejects.toThrow(/it ended at once[\s\S]*not a database/);
  });

  it('says so where the CLI is gone', async () => {
    const starting = startDevServer({ ...options, cliPath: join(folder, 'gone') });
    await expect(starting).rejects.toThrow(/it cannot be run: spawn .*ENOENT/);
  });
});

describe('a process beside us', () => {
  it('is killed where it does not end when asked', async () => {
    const script = join(folder, 'stubborn');
    const log = join(folder, 'stubborn.log');
    await writeFile(script, "#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 0.05; done\n");
    await chmod(script, 0o755);
    const running = await startProcess(script, [], log, 200);
    cleanUps.push(() => running.stop());
    await expect.poll(async () => readFile(log, 'utf8')).toBe('ready\n');
    await Promise.all([running.stop(), running.stop()]);
    expect(await running.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('a free port', () => {
  it('is the preferred one, or the next that nobody has', async () => {
    const port = await freePort(23_300);
    expect(await freePort(port)).toBe(port);
    await listen(port);
    expect(await freePort(port)).toBeGreaterThan(port);
  });

  it('is refused with a reason where all above are taken', async () => {
    await listen(65_535);
    await expect(freePort(65_535)).rejects.toMatchObject({ code: 'NoFreePort' });
  });
});
