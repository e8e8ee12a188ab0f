import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Certificates of one authority: the server's, which is called `temporal.test`, and a client's. */
export interface Certificates {
  readonly authority: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

/** Paths of a certificate and of its key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The name that the server's certificate bears. */
export const serverName = 'temporal.test';

/** Makes certificates with openssl; undefined where there is none. */
export function makeCertificates(folder: string): Certificates | undefined {
  try {
    const authority = makeAuthority(folder);
    const sign = (name: string, host: string): KeyPair => makeSigned(folder, authority, name, host);
    return {
      authority: authority.certificate,
      server: sign('server', serverName),
      client: sign('client', 'worker'),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function makeAuthority(folder: string): KeyPair {
  const pair = pathsOf(folder, 'authority');
  openssl('req', '-x509', ...newKey, '-subj', '/CN=test authority', '-days', '2', ...outTo(pair));
  return pair;
}

function makeSigned(folder: string, authority: KeyPair, name: string, host: string): KeyPair {
  const pair = pathsOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const names = join(folder, `${name}.ext`);
  writeFileSync(names, `subjectAltName=DNS:${host}\n`);
  openssl('req', '-new', ...newKey, '-subj', `/CN=${host}`, '-keyout', pair.key, '-out', request);
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', request, ...signer, '-extfile', names, '-out', pair.certificate);
  return pair;
}

function pathsOf(folder: string, name: string): KeyPair {
  return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
}

function outTo({ certificate, key }: KeyPair): string[] {
  return ['-keyout', key, '-out', certificate];
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}

/** A door with TLS before a plain server, as a hosted one has. */
export interface TlsFront {
  readonly address: string;
  /** What each call bore as its authorization; empty where it bore none. */
  readonly authorizations: readonly string[];
  close(): Promise<void>;
}

/** Opens it on loopback: it takes only clients with a certificate of the authority, and passes their calls on. */
export async function openTlsFront(upstream: string, certificates: Certificates): Promise<TlsFront> {
  const { server, authority } = certificates;
  const authorizations: string[] = [];
  const behind = connect(`http://${upstream}`);
  const front = createSecureServer({
    cert: readFileSync(server.certificate),
    key: readFileSync(server.key),
    ca: readFileSync(authority),
    requestCert: true,
    rejectUnauthorized: true,
  });
  front.on('stream', (stream, headers) => {
    authorizations.push(headers.authorization ?? '');
    passOn(stream, headers, behind);
  });
  const sessions = new Set<{ destroy(): void }>();
  front.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    authorizations,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy();
        behind.destroy();
        front.close(() => resolve());
      }),
  };
}

function passOn(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, behind: ClientHttp2Session): void {
  const call = behind.request(headers);
  // gRPC says how a call went in its trailers.
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (found: IncomingHttpHeaders) => {
    trailers = found;
  });
  call.on('response', (found) => stream.respond(found, { waitForTrailers: true }));
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.pipe(call).pipe(stream);
  for (const each of [stream, call])
    each.on('error', () => {
      stream.destroy();
      call.destroy();
    });
}
