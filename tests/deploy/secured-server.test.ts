import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporalConnection } from '../../settings.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { makeCertificates, openTlsFront, serverName, type TlsFront } from './tls-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'secured-'));
const certificates = makeCertificates(folder);
let server: TestServer;
let front: TlsFront;

beforeAll(async () => {
  if (!certificates) return;
  server = await startTestServer();
  front = await openTlsFront(server.address, certificates);
}, cliTimeoutMs);
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  if (certificates) {
    await front.close();
    await server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Sets the variables of Temporal's environment configuration, and no others of ours. */
function configure(more: Readonly<Record<string, string>> = {}): void {
  const variables = {
    TEMPORAL_ADDRESS: front.address,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates?.authority ?? '',
    TEMPORAL_TLS_SERVER_NAME: serverName,
    ...more,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

function withClientCertificate(): Record<string, string> {
  return {
    TEMPORAL_TLS_CLIENT_CERT_PATH: certificates?.client.certificate ?? '',
    TEMPORAL_TLS_CLIENT_KEY_PATH: certificates?.client.key ?? '',
  };
}

/** Connects as the commands do and as the worker does, and asks each connection for the namespace. */
async function namespaceByBoth(connectTimeoutMs = 10_000): Promise<(string | null | undefined)[]> {
  const { connectionOptions, namespace = '' } = temporalConnection(undefined);
  const ofCommands = await Connection.connect({ ...connectionOptions, connectTimeout: connectTimeoutMs });
  const ofWorker = await NativeConnection.connect(connectionOptions);
  try {
    const asked = await Promise.all([
      new Client({ connection: ofCommands }).workflowService.describeNamespace({ namespace }),
      ofWorker.workflowService.describeNamespace({ namespace }),
    ]);
    return asked.map(({ namespaceInfo }) => namespaceInfo?.name);
  } finally {
    await ofCommands.close();
    await ofWorker.close();
  }
}

describe.skipIf(!certificates)('a server behind TLS (skipped without openssl)', () => {
  it('lets commands and workers in by a client certificate, configured by variables alone', async () => {
    configure(withClientCertificate());
    expect(await namespaceByBoth()).toEqual(['default', 'default']);
  });

  it('refuses those without one', async () => {
    configure();
    const before = front.authorizations.length;
    await expect(namespaceByBoth(1_000)).rejects.toThrow();
    expect(front.authorizations.length, 'no call came through').toBe(before);
  });

  it('is shown the API key with every call, from a file too', async () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'planted-key\n');
    configure({ ...withClientCertificate(), TEMPORAL_API_KEY_FILE: path });
    const before = front.authorizations.length;
    expect(await namespaceByBoth()).toEqual(['default', 'default']);
    const shown = front.authorizations.slice(before);
    expect(shown.length).toBeGreaterThan(3);
    expect(new Set(shown)).toEqual(new Set(['Bearer planted-key']));
  });
});
