import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { SourceError, type SourceErrorCode } from '../../sources/source-error.ts';
import type { Ask, CellOfAsk, RawPage, Resource, Source, SourceAccess } from '../../sources/source.ts';

/** Where recorded answers and real prices lie; absent outside the place where they are shared. */
export const sharedFolder = join(import.meta.dirname, '../../../shared');

/** A small real API on loopback. */
export interface TestApi {
  readonly url: string;
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/** Starts an HTTP server on a free port of 127.0.0.1 that answers as told and remembers its requests. */
export async function startApi(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestApi> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, requests, close: () => closeServer(server) };
}

function portOf(server: Server): number {
  // A TCP server has a port; only a pipe's address is a string.
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Access to an API with generous bounds. */
export function accessTo(baseUrl: string, more: Partial<SourceAccess> = {}): SourceAccess {
  return { baseUrl, timeoutMs: 10_000, maxBytes: 10_000_000, ...more };
}

/** Waits for a refusal and returns it; anything else is a failure of the test. */
export async function refusalOf(doing: () => unknown): Promise<SourceError> {
  try {
    await doing();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The code of a refusal. */
export async function codeOf(doing: () => unknown): Promise<SourceErrorCode> {
  return (await refusalOf(doing)).code;
}

/** A page of text or JSON. */
export function page(body: unknown): RawPage {
  return { body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** An ask for a range of one symbol. */
export function rangeAsk(
  symbol: string,
  from: string,
  to: string,
  today = '2026-12-01',
): Extract<Ask, { kind: 'range' }> {
  return { kind: 'range', symbol, from, to, today };
}

/** A cell of a dataset, with the source's own name for it. */
export function cellOf(symbol: string, date: string): CellOfAsk {
  return { dataset: 'some.dataset', ticker: 'SOME', date, symbol };
}

/** The one resource with that name. */
export function resourceOf(source: Source, name: string): Resource {
  const resource = source.resources[name];
  if (resource === undefined) throw new Error(`${source.name} has no ${name}`);
  return resource;
}

const cassette = z.object({
  http_interactions: z.array(
    z.object({
      request: z.object({ uri: z.string() }),
      response: z.object({ status: z.object({ code: z.number() }), body: z.object({ string: z.unknown() }) }),
    }),
  ),
});

/** One recorded exchange. */
export interface Recorded {
  readonly uri: string;
  readonly status: number;
  readonly body: string;
}

/** The exchanges of a recorded cassette; bodies that are no text are left out. */
export function recordedIn(path: string): Recorded[] {
  const text = readFileSync(join(sharedFolder, 'recorded', path), 'utf8');
  return cassette.parse(parse(text, { logLevel: 'silent' })).http_interactions.flatMap((exchange) => {
    const { string: body } = exchange.response.body;
    if (typeof body !== 'string') return [];
    return [{ uri: exchange.request.uri, status: exchange.response.status.code, body }];
  });
}

/** A recorded refusal with its status (null where nobody wrote it down). */
export function recordedError(name: string): { status: number | null; body: unknown } {
  const text = readFileSync(join(sharedFolder, 'recorded/errors', name), 'utf8');
  return z.object({ status: z.number().nullable(), body: z.unknown() }).parse(JSON.parse(text));
}
