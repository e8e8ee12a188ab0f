import { inspect } from 'node:util';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { SourceError } from '../../../sources/source-error.ts';
import { accessTo, startApi } from '../support.ts';
import { accessOf, refusedBy, take, usualAsk, type Claim, type Subject } from './subject.ts';

const canary = 'canary-of-a-key';

/** Everything that the house keeps or shows of a refusal, as text. */
function shownOf(error: SourceError): string {
  const body = Buffer.from(error.facts.body ?? []).toString('latin1');
  return `${inspect(error, { depth: 10 })} ${error.stack ?? ''} ${body}`;
}

/** Repeats all it was sent: in the body, in a header, and in where it points to. */
function echo(status: number): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const told = JSON.stringify({ error: request.headers, message: request.headers, path: request.url });
    response.writeHead(status, {
      'content-type': `text/plain; note=${canary}`,
      location: `http://${canary}.test/${canary}`,
    });
    response.end(told);
  };
}

async function refusedByEcho(subject: Subject, status: number): Promise<SourceError> {
  const api = await startApi(echo(status));
  const access = accessTo(api.url, { apiKey: canary });
  try {
    return await refusedBy(subject, () => take(subject, usualAsk(subject), access));
  } finally {
    await api.close();
  }
}

const carried: Claim = {
  title: 'a key travels in a header, where the API takes one, and in no address',
  async check(subject) {
    const api = await startApi((_, response) => void response.writeHead(500).end());
    const access = accessTo(api.url, { apiKey: canary });
    await refusedBy(subject, () => take(subject, usualAsk(subject), access));
    await api.close();
    const [sent] = api.requests;
    const carriers = Object.values(sent?.headers ?? {}).filter((value) => String(value).includes(canary));
    expect(carriers).toHaveLength(subject.usual.key.need === 'none' ? 0 : 1);
    expect(sent?.url).not.toContain(canary);
    const { requests } = await take(subject, usualAsk(subject), accessOf(subject));
    expect(JSON.stringify(requests)).not.toContain(accessOf(subject).apiKey);
  },
};

const repeated: Claim = {
  title: 'a key that an API repeats is in no message, no kept byte and no cause',
  async check(subject) {
    for (const status of [200, 302, 400, 401, 403, 404, 429, 503]) {
      const error = await refusedByEcho(subject, status);
      expect([status, shownOf(error).includes(canary)]).toEqual([status, false]);
    }
  },
};

const redirected: Claim = {
  title: 'it is not followed where it points elsewhere',
  async check(subject) {
    const elsewhere = await startApi((_, response) => void response.end('[]'));
    const api = await startApi(
      (_, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    const error = await refusedBy(subject, () =>
      take(subject, usualAsk(subject), accessTo(api.url, { apiKey: canary })),
    );
    await Promise.all([api.close(), elsewhere.close()]);
    expect([error.code, error.isRetryable]).toEqual(['RequestRefused', false]);
    expect(elsewhere.requests).toEqual([]);
  },
};

/** That a key is where it belongs and nowhere else. */
export const secretClaims: readonly Claim[] = [carried, repeated, redirected];
