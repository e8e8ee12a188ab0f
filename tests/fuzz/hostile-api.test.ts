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
        runs(60),
      ),
    longMs,
  );
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308, 300, 304])(
    'with status %d is not followed, and names no key',
    async (status) => {
      const places = [
        `${stranger.url}/steal`,
        `//127.0.0.1:${strangerPort}/`,
        '/thing',
        'http://169.254.169.254/latest',
      ];
      places.push(
        `http://${key}.127.0.0.1.test/`,
        `http://${key.toUpperCase()}.test/`,
        'file:///etc/passwd',
        '\\\\x',
        '',
      );
      for (const location of places) {
        const api = await startApi((_, response) => response.writeHead(status, { location }).end());
        const error = await refusalOf(() => sendGet(ask, accessTo(api.url, { apiKey: key }), options));
        await api.close();
        expect(error.code).toBe('RequestRefused');
        expect(api.requests).toHaveLength(1);
        expect(inspect(error, { depth: 9 })).not.toContain(key);
      }
    },
  );
});

describe('an answer without measure', () => {
  it('of 200 MB is given up at the limit that every source has, and not taken in', async () => {
    let sentBytes = 0;
    const block = Buffer.alloc(1_000_000, '0');
    const api = await startApi((request, response) => {
      response.writeHead(200, { 'content-length': '200000000' });
      const more = (): void => {
        while (!request.socket.destroyed && sentBytes < 200_000_000 && response.write(block))
          sentBytes += block.length;
      };
      response.on('drain', more);
      more();
    });
    const access = sourceAccess(
      { market: 'sample', sources: { coingecko: configured(api.url) } },
      null,
    )('coingecko');
    const error = await refusalOf(() => sendGet(ask, access, options));
    await api.close();
    expect([error.code, error.message]).toEqual([
      'RequestRefused',
      expect.stringContaining(`${32 * 1024 ** 2} bytes`),
    ]);
    expect(sentBytes).toBeLessThan(60_000_000);
  });

  const zeros = Buffer.alloc(20_000_000);
  it.each([
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ])('packed as %s counts unpacked', async (encoding, body) => {
    expect(body.length).toBeLessThan(50_000);
    const api = await startApi((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    const error = await refusalOf(() => sendGet(ask, accessTo(api.url, { maxBytes: 100_000 }), options));
    await api.close();
    expect(error.code).toBe('RequestRefused');
  });

  it.each([
    ['a thousand wrappings', { 'content-encoding': Array(1000).fill('gzip').join(',') }],
    ['a wrapping that it has not', { 'content-encoding': 'gzip' }],
    ['headers without end', { 'x-more': 'x'.repeat(100_000) }],
    ['half of it, as a part', {}],
  ])('with %s is refused or is as it came', async (name, headers) => {
    const status = name.startsWith('half') ? 206 : 200;
    const api = await startApi((_, response) => response.writeHead(status, headers).end('{}'));
    const error = await refusalOf(() => sendGet(ask, accessTo(api.url), options));
    await api.close();
    expect(error.code).toBe('SourceUnavailable');
  });
});

function configured(baseUrl: string): Parameters<typeof sourceAccess>[0]['sources'][string] {
  const plan = {
    requestsPerMinute: null,
    requestsPerDay: null,
    requestsPerMonth: null,
    dailyShare: 0,
    historyDays: null,
  };
  const final = { time: '00:00', timeZone: 'UTC' };
  return { name: 'coingecko', baseUrl, isBaseUrlGiven: true, isLocal: false, final, ...plan };
}

describe('bytes on the wire', () => {
  let said: Buffer = Buffer.alloc(0);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(said));
  });
  let access: SourceAccess;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    access = accessTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      apiKey: key,
      timeoutMs: 1000,
    });
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  async function answerOf(bytes: Buffer | string): Promise<RawAnswer | undefined> {
    said = Buffer.from(bytes);
    try {
      return await sendGet(ask, access, options);
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }

  it.each([
    ['more promised than sent', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} '],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    [
      'a chunk larger than numbers are',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}',
    ],
    ['a length below nothing', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
    ['no HTTP', '{"status":"OK"}'],
    ['nothing', ''],
  ])('with %s are no answer', async (_, bytes) => expect(await answerOf(bytes)).toBeUndefined());

  it(
    'of any kind are a whole answer or a SourceError',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(
            '',
            'HTTP/1.1 200 OK\r\n',
            'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n',
            'HTTP/1.1 302 x\r\n',
          ),
          fc.uint8Array({ maxLength: 60 }),
          fc.constantFrom('', '\r\n\r\n', '\r\n\r\n{}'),
          async (head, middle, tail) => {
            const answer = await answerOf(Buffer.concat([Buffer.from(head), middle, Buffer.from(tail)]));
            if (answer !== undefined) expect(answer.status).toBeLessThan(300);
          },
        ),
        runs(40),
      ),
    longMs,
  );
});
