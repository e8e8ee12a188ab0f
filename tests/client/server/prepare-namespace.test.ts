import type { Http2Server } from 'node:http2';
import { createServer } from 'node:http2';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevServer } from '../../../client/server/dev-server.ts';
import { startDevServer } from '../../../client/server/dev-server.ts';
import { prepareNamespace } from '../../../client/server/prepare-namespace.ts';
import { cliTimeoutMs, temporalCliPath } from '../../support/temporal-cli.ts';

describe('preparing a namespace', () => {
  let folder: string;
  let server: DevServer;
  let connection: Connection;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prepare-'));
    server = await startDevServer({
      cliPath: await temporalCliPath(),
      dbPath: join(folder, 'temporal.db'),
      logPath: join(folder, 'temporal.log'),
      port: 24_233,
      uiPort: 25_233,
      searchAttributes: ['Ticker'],
    });
    connection = await Connection.connect({ address: server.address });
  }, cliTimeoutMs);
  afterAll(async () => {
    await connection.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const retentionDays = async (): Promise<number> => {
    const described = await connection.workflowService.describeNamespace({ namespace: 'default' });
    return Number(described.config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
  };

  it('twice changes nothing the second time, and several at once all succeed', async () => {
    const names = ['Ticker', 'Source', 'Run'];
    expect(await prepareNamespace(connection, 'default', names)).toEqual([]);
    expect(await prepareNamespace(connection, 'default', names)).toEqual([]);
    const more = [1, 2, 3].map(() => prepareNamespace(connection, 'default', ['PartitionState']));
    expect(await Promise.all(more)).toEqual([[], [], []]);
  });

  it('leaves the retention alone unless asked, and never shortens it', async () => {
    await prepareNamespace(connection, 'default', [], { retentionDays: 40 });
    await prepareNamespace(connection, 'default', []);
    await prepareNamespace(connection, 'default', [], { retentionDays: 30 });
    expect(await retentionDays()).toBe(40);
  });

  it('names an attribute that is there with another type', async () => {
    await connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { Ranking: 3 },
    });
    const missing = await prepareNamespace(connection, 'default', ['Ticker', 'Ranking']);
    expect(missing.map((each) => each.name)).toEqual(['Ranking']);
    expect(missing[0]?.sentence).toContain('another type');
  });
});

/** A server that refuses every gRPC call with one status, as a Temporal server does without the right. */
async function refusingServer(status: number, message: string): Promise<Http2Server> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(status),
        'grpc-message': message,
      },
      { endStream: true },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('preparing a namespace that is not ours to change', () => {
  it('returns, for each attribute, the command that a person can run', async () => {
    const server = await refusingServer(7, 'request unauthorized');
    const { port } = server.address() as AddressInfo; // a TCP server's address is never a text or null
    const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
    const missing = await prepareNamespace(connection, 'prices', ['Ticker', 'Run']);
    await connection.close();
    server.close();
    expect(missing.map((each) => each.name)).toEqual(['Ticker', 'Run']);
    expect(missing[1]?.sentence).toBe(
      'Search attribute Run is missing: we have no permission (request unauthorized). ' +
        'Run: temporal operator search-attribute create --namespace prices --name Run --type Keyword',
    );
  });

  it('throws where the server has failed, since that is worth another try', async () => {
    const server = await refusingServer(13, 'shard status unknown');
    const { port } = server.address() as AddressInfo; // a TCP server's address is never a text or null
    const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
    await expect(prepareNamespace(connection, 'prices', ['Ticker'])).rejects.toThrow('shard status unknown');
    await connection.close();
    server.close();
  });
});
