import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, type Question, type SpellNumber, writeJson } from './answer.ts';
import type { PlayedApi } from './apis.ts';

/** Stands on every answer: nothing this server tells is a real price. */
export const syntheticHeader = { 'x-marketlake-synthetic': 'true' } as const;

/** A request for none of the APIs, or with a path that cannot be decoded. */
export type Stray = Omit<Question, 'source' | 'api' | 'segments'>;

/** Reads a request; without `source` and `segments` where it is for none of the APIs. */
export function readQuestion(request: IncomingMessage, played: readonly PlayedApi[]): Question | Stray {
  const target = request.url ?? '/';
  const url = new URL(target, 'http://127.0.0.1');
  const stray = {
    target,
    method: request.method ?? 'GET',
    query: url.searchParams,
    headers: readHeaders(request),
  };
  for (const { source, folder: place, api } of played) {
    const folder = `${place}/`;
    const segments = url.pathname.startsWith(folder)
      ? decodeAll(url.pathname.slice(folder.length))
      : undefined;
    if (segments) return { ...stray, source, api, segments };
  }
  return stray;
}

function decodeAll(path: string): string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function readHeaders(request: IncomingMessage): Record<string, string> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]);
  return Object.fromEntries(headers) as Record<string, string>;
}

/** How an answer is written. */
export interface Writing {
  /** Default JSON.stringify. */
  readonly spellNumber?: SpellNumber | undefined;
  /** Default null: whole. */
  readonly cut?: 'connection' | 'json' | null;
}

const plainNumber: SpellNumber = (_key, value) => JSON.stringify(value);

/** Writes an answer whole, or cut as a fault wants it. */
export function sendAnswer(response: ServerResponse, answer: Answer, writing: Writing = {}): void {
  const { body } = answer;
  const { spellNumber = plainNumber, cut = null } = writing;
  const whole = Buffer.from(body.kind === 'json' ? writeJson(body.json, spellNumber) : body.text);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  response.writeHead(answer.status, {
    'content-type': body.kind === 'json' ? 'application/json; charset=utf-8' : body.contentType,
    'content-length': cut === 'json' ? half.length : whole.length,
    ...syntheticHeader,
    ...answer.headers,
  });
  if (cut === null) return void response.end(whole);
  if (cut === 'json') return void response.end(half);
  response.write(half);
  // Ends once the half is out, so that the reader is short of bytes and not merely cut off before any.
  response.socket?.destroySoon();
}
