import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sendGet, type GetOptions } from '../../sources/http.ts';
import { createSources } from '../../sources/index.ts';
import { sourceAccess } from '../../sources/source-access.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { RawAnswer, SourceAccess } from '../../sources/source.ts';
import {
  accessTo,
  page,
  rangeAsk,
  refusalOf,
  resourceOf,
  startApi,
  type TestApi,
} from '../sources/support.ts';
import { longMs, runs } from './runs.ts';

const key = 'sesame-4711-secret';
const options: GetOptions = {
  source: 'testing',
  headers: { 'x-key': key },
  refusalOf: () => ({ code: 'RequestRefused', advice: 'No.' }),
};
const ask = { target: '/thing' };

/** Somebody else, on the same machine: nothing may ever arrive there. */
let stranger: TestApi;
let strangerPort: string;
beforeAll(async () => {
  stranger = await startApi((_, response) => response.end('{}'));
  strangerPort = new URL(stranger.url).port;
});
afterAll(() => stranger.close());
afterEach(() => expect(stranger.requests).toHaveLength(0));

describe('the address of a next page', () => {
  const massive = createSources({ csvFiles: {} }).get('massive');
  if (massive === undefined) throw new Error('no massive');
  const reader = resourceOf(massive, 'daily_bars');
  const range = rangeAsk('THING', '2026-01-02', '2026-01-02');
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi((_, response) => response.end('{}'));
  });
  afterAll(() => api.close());

  /** Follows a next page as a run would: out of an answer, to the configured API. Undefined where it is refused. */
  async function follow(next_url: string): Promise<string | undefined> {
    const body = page({ status: 'OK', ticker: 'THING', results: [], next_url });
    try {
      const { next } = reader.readPage(body, range);
      if (next === undefined) throw new Error('no next page');
      await reader.send(next, accessTo(`${api.url}/base`, { apiKey: key }));
      return api.requests.at(-1)?.url;
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }

  /** The request that an answer's next page makes; undefined where it is refused. */
  function targetOf(next_url: string): string | undefined {
    try {
      return reader.readPage(page({ status: 'OK', ticker: 'THING', results: [], next_url }), range).next
        ?.target;
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }

  const path = '/v2/aggs/ticker/THING/range/1/day/1/2?cursor=x';
  const hosts = (port: string): string[] => [
    ...[
      `http://127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `http://[::1]:${port}`,
      `http://2130706433:${port}`,
    ],
    ...[
      `http://0x7f.1:${port}`,
      `http://0177.0.0.1:${port}`,
      `https://127.0.0.1:${port}`,
      `//127.0.0.1:${port}`,
    ],
    ...[
      `http://user:pass@127.0.0.1:${port}`,
      `HTTP://api.massive.com@127.0.0.1:${port}`,
      `ftp://127.0.0.1:${port}`,
    ],
    ...[
      'http://169.254.169.254',
      'http://[fe80::1]',
      'file://',
      `/\\127.0.0.1:${port}`,
      `\\\\127.0.0.1:${port}`,
    ],
    ...[
      `@127.0.0.1:${port}`,
      `.127.0.0.1.nip.test:${port}`,
      `http:/127.0.0.1:${port}`,
      `http:127.0.0.1:${port}`,
    ],
    ...['javascript:', 'data:,', '', '/..', '/%2e%2e/..', '/a/../..', `/base/../..//127.0.0.1:${port}`],
  ];

  it('leads to the configured API, whoever it names, and the key goes nowhere else', async () => {
    for (const host of hosts(strangerPort)) {
      const url = await follow(`${host}${path}&apiKey=${key}`);
      if (url !== undefined) expect([host, url]).toEqual([host, `/base${path}`]);
    }
    expect(await follow(`https://api.massive.com${path}&API_key=${key}`)).toBe(`/base${path}`);
    const dots = await follow('https://api.massive.com/v2/aggs/../../admin?to=/v2/aggs/');
    expect(dots).toBeUndefined();
    expect(api.requests.every(({ headers }) => headers.host === new URL(api.url).host)).toBe(true);
  });

  it(
    'whatever it is, is refused or leads below the part of the API that was asked',
    () =>
      fc.assert(
        fc.property(
          fc
            .tuple(fc.constantFrom('', ...hosts('1')), fc.string({ unit: 'binary' }))
            .map((parts) => parts.join('')),
          fc.constantFrom(
            '',
            path,
            '/v2/aggs/',
            '/v2/aggs/..%2f..',
            '#/v2/aggs/',
            '?/v2/aggs/',
            '\\v2\\aggs\\',
          ),
          (before, after) => {
            fc.pre(`${before}${after}` !== '');
            const target = targetOf(`${before}${after}`);
            if (target !== undefined)
              expect(new URL(`${api.url}/base${target}`).pathname).toMatch(/^\/base\/v2\/aggs\//);
          },
        ),
        runs(200),
      ),
    longMs,
  );
});
