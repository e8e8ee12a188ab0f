import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { sendGet, type RefusalOf } from '../../sources/http.ts';
import { SourceError } from '../../sources/source-error.ts';
import { accessTo, codeOf, refusalOf, startApi, type TestApi } from './support.ts';

const key = 'sesame-4711-secret';
const onRefusal: RefusalOf = (status, text) => ({
  code: 'RequestRefused',
  advice: `advice for ${status} ${text.length}`,
});
const options = { source: 'testing', headers: { 'x-key': key }, refusalOf: onRefusal };
const ask = { target: '/thing?days=2' };

let api: TestApi | undefined;
afterEach(() => api?.close());

type Answer = Parameters<typeof startApi>[0];
async function baseUrlOf(answer: Answer): Promise<string> {
  api = await startApi(answer);
  return api.url;
}

describe('a whole answer', () => {
  it('arrives byte for byte, with status and content type', async () => {
    const baseUrl = await baseUrlOf((_, response) => {
      response
        .setHeader('content-type', 'application/json; charset=utf-8')
        .end(Buffer.from([0, 255, 123, 10]));
    });
    const answer = await sendGet(ask, accessTo(baseUrl), options);
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: Uint8Array.from([0, 255, 123, 10]),
    });
  });

  it('is asked for below the base URL’s own path, key in the header', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.end('{}'));
    await sendGet(ask, accessTo(`${baseUrl}/api/v3/`), options);
    expect(api?.requests.map(({ url, method }) => `${method} ${url}`)).toEqual(['GET /api/v3/thing?days=2']);
    expect(api?.requests[0]?.headers['x-key']).toBe(key);
  });

  it('is unpacked before it is handed on', async () => {
    const baseUrl = await baseUrlOf((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'));
    });
    const { body } = await sendGet(ask, accessTo(baseUrl), options);
    expect(new TextDecoder().decode(body)).toBe('{"a":1}');
  });
});

describe('trouble on the way is SourceUnavailable', () => {
  const troubles: Record<string, Answer> = {
    'a connection that is reset': (request) => request.socket.destroy(),
    'a body that ends before its Content-Length': (request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":', () => request.socket.destroy());
    },
    'a chunked body that breaks off': (request, response) => {
      response.write('{"half":', () => request.socket.destroy());
    },
    'status 500': (_, response) => response.writeHead(500).end('{"error":"oh"}'),
    'status 503 with a page': (_, response) => response.writeHead(503).end('<html>'),
    'status 408': (_, response) => response.writeHead(408).end(),
  };
  it.each(Object.entries(troubles))('%s', async (_, answer) => {
    const error = await refusalOf(async () => sendGet(ask, accessTo(await baseUrlOf(answer)), options));
    expect(error.code).toBe('SourceUnavailable');
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/^Asking testing for \/thing\?days=2 at 127\.0\.0\.1:\d+: /);
  });

  it('an address where nobody listens', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.end());
    await api?.close();
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect(error.code).toBe('SourceUnavailable');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('an answer that does not begin in time', async () => {
    const baseUrl = await baseUrlOf(() => undefined);
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl, { timeoutMs: 30 }), options));
    expect(error.code).toBe('SourceUnavailable');
    expect(error.message).toContain('within 30 ms');
  });

  it('an answer that begins and does not end in time', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.write('{'));
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl, { timeoutMs: 100 }), options));
    expect(error.message).toContain('within 100 ms');
  });
});

describe('an answer is refused', () => {
  it('where it is larger than allowed, without reading on for ever', async () => {
    const baseUrl = await baseUrlOf((request, response) => {
      const more = (): void => {
        while (!request.socket.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl, { maxBytes: 50_000 }), options));
    expect(error.code).toBe('RequestRefused');
    expect(error.message).toContain('50000 bytes');
  });

  it('where it unpacks to more than allowed', async () => {
    const baseUrl = await baseUrlOf((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(1_000_000)));
    });
    expect(await codeOf(() => sendGet(ask, accessTo(baseUrl, { maxBytes: 50_000 }), options))).toBe(
      'RequestRefused',
    );
  });

  it('where it is exactly as large as allowed, it is not', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.end('x'.repeat(500)));
    expect((await sendGet(ask, accessTo(baseUrl, { maxBytes: 500 }), options)).body).toHaveLength(500);
  });

  it('where it points elsewhere, which is never followed', async () => {
    const other = await startApi((_, response) => response.end('{}'));
    const baseUrl = await baseUrlOf((_, response) =>
      response.writeHead(302, { location: `${other.url}/steal` }).end(),
    );
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    await other.close();
    expect(error.code).toBe('RequestRefused');
    expect(error.message).toContain(new URL(other.url).host);
    expect(other.requests).toHaveLength(0);
  });

  it('with what the source makes of its status and text, and the bytes kept', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.writeHead(418).end('tea'));
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect(error.message).toContain('HTTP 418, "tea". advice for 418 3');
    expect(error.facts.status).toBe(418);
    expect(new TextDecoder().decode(error.facts.body)).toBe('tea');
  });
});

describe('too many requests', () => {
  const bodies = ['{"status":{"error_code":429}}', 'Throttled', '<html>1020</html>', ''];
  it.each(bodies)('429 with body %j is RateLimited', async (body) => {
    const baseUrl = await baseUrlOf((_, response) =>
      response.writeHead(429, { 'retry-after': '119' }).end(body),
    );
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect([error.code, error.facts.retryAfterMs]).toEqual(['RateLimited', 119_000]);
  });

  it('429 without Retry-After says nothing about when', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.writeHead(429).end());
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect(error.facts).not.toHaveProperty('retryAfterMs');
  });

  it('a date in Retry-After counts from the answer’s own Date', async () => {
    const baseUrl = await baseUrlOf((_, response) => {
      const date = 'Thu, 19 Nov 2026 10:00:00 GMT';
      response.writeHead(429, { date, 'retry-after': 'Thu, 19 Nov 2026 10:01:30 GMT' }).end();
    });
    expect((await refusalOf(() => sendGet(ask, accessTo(baseUrl), options))).facts.retryAfterMs).toBe(90_000);
  });

  it('a refusal whose body breaks off is still what its status says', async () => {
    const baseUrl = await baseUrlOf((request, response) => {
      response.writeHead(429, { 'content-length': '1000', 'retry-after': '7' });
      response.write('{"half":', () => request.socket.destroy());
    });
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect([error.code, error.facts.retryAfterMs]).toEqual(['RateLimited', 7000]);
  });

  it('503 hands its Retry-After on', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.writeHead(503, { 'retry-after': '5' }).end());
    expect((await refusalOf(() => sendGet(ask, accessTo(baseUrl), options))).facts.retryAfterMs).toBe(5000);
  });
});

describe('a cancelled request', () => {
  it('throws the signal’s own reason, not a SourceError', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled from outside');
    const baseUrl = await baseUrlOf(() => abort.abort(reason));
    await expect(sendGet(ask, accessTo(baseUrl, { signal: abort.signal }), options)).rejects.toBe(reason);
  });

  it('throws the reason while the body is being read, too', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled from outside');
    const baseUrl = await baseUrlOf((_, response) => response.write('{', () => abort.abort(reason)));
    await expect(sendGet(ask, accessTo(baseUrl, { signal: abort.signal }), options)).rejects.toBe(reason);
  });

  it('is not sent where the signal was set before', async () => {
    const baseUrl = await baseUrlOf((_, response) => response.end('{}'));
    const signal = AbortSignal.abort(new Error('before'));
    await expect(sendGet(ask, accessTo(baseUrl, { signal }), options)).rejects.toThrow('before');
    expect(api?.requests).toHaveLength(0);
  });
});

describe('a key', () => {
  const everything = (error: unknown): string =>
    inspect(error, { depth: 12, showHidden: true, getters: true });

  it('stands in no error, nor in what hangs on it', async () => {
    const answers: Answer[] = [
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(401).end(`{"error":"Unknown key ${key}"}`),
      (_, response) => response.writeHead(500).end(`no such key: ${key}`),
      (_, response) => response.writeHead(302, { location: `http://x.test/?apiKey=${key}` }).end(),
    ];
    for (const answer of answers) {
      const baseUrl = await baseUrlOf(answer);
      const request = { target: `/thing?days=2&apiKey=${key}&x_cg_demo_api_key=${key}` };
      const error = await refusalOf(() => sendGet(request, accessTo(baseUrl, { apiKey: key }), options));
      expect(everything(error)).not.toContain(key);
      expect(Buffer.from(error.facts.body ?? []).toString()).not.toContain(key);
      expect(api?.requests[0]?.url).toBe('/thing?days=2');
      await api?.close();
    }
  });

  it.each(['two\nlines', 'naïve…', 'with blank', ''])(
    'that no header can carry (%j) is refused unnamed',
    async (apiKey) => {
      const headers = { authorization: `Bearer ${apiKey}` };
      const error = await refusalOf(() =>
        sendGet(ask, accessTo('http://127.0.0.1:9', { apiKey }), { ...options, headers }),
      );
      expect(error.code).toBe('KeyRefused');
      if (apiKey !== '') expect(everything(error)).not.toContain(apiKey);
    },
  );
});

describe('an address that is none of ours', () => {
  const bases = ['', 'nowhere', 'ftp://127.0.0.1', 'http://user:pw@127.0.0.1', 'http://127.0.0.1/?key=1'];
  it.each(bases)('base URL %j is RequestRefused', async (baseUrl) => {
    const error = await refusalOf(() => sendGet(ask, accessTo(baseUrl), options));
    expect(error.code).toBe('RequestRefused');
    expect(error.message).not.toContain('pw');
  });

  it.each(['@evil.test/x', '/../../up', '/a/../../up', '/%2e%2e/up'])(
    'target %j is RequestRefused',
    async (target) => {
      const base = accessTo('http://127.0.0.1:9/api/v3');
      expect(await codeOf(() => sendGet({ target }, base, options))).toBe('RequestRefused');
    },
  );
});

it('a SourceError is retryable exactly where it can pass by itself', () => {
  const codes = ['RateLimited', 'SourceUnavailable', 'WrongShape', 'KeyRefused', 'RangeRefused'] as const;
  expect(codes.map((code) => new SourceError(code, '').isRetryable)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
