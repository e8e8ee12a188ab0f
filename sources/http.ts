import { FetchError, ofetch } from 'ofetch';
import { readUpTo } from './read-body.ts';
import { retryAfterMsOf } from './retry-after.ts';
import { hidingKey, quoteOf, withoutKey, withoutKeyParameters } from './secrets.ts';
import { SourceError, type SourceErrorCode, type SourceErrorFacts } from './source-error.ts';
import type { PageRequest, RawAnswer, SourceAccess } from './source.ts';

/** What a refusal (4xx) means to one API, and what a person can do about it. */
export interface Refusal {
  readonly code: SourceErrorCode;
  readonly advice: string;
}

/** What to do where a request itself was refused, and nothing more is known. */
export const requestAdvice = 'Look at the request and the base URL; trying again does not help.';

/** Decides what a status below 500 that is no success means; the text is the answer's body, or its beginning. */
export type RefusalOf = (status: number, bodyText: string) => Refusal;

/** What a source adds to a request. */
export interface GetOptions {
  /** The source's name, for messages. */
  readonly source: string;
  /** Headers to send, the one with the key included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusalOf: RefusalOf;
}

/** One request while it is under way: what every message about it needs. */
interface Asking {
  readonly access: SourceAccess;
  readonly options: GetOptions;
  /** "Asking coingecko for /ping at 127.0.0.1:80". */
  readonly what: string;
}

const refusedBodyBytes = 65_536;

/**
 * Sends one GET and returns the whole answer. Never retries, never follows a redirect, never names a key.
 * Throws the signal's own reason where it was cancelled.
 * @throws SourceError for anything that is not a whole answer with status 2xx.
 */
export async function sendGet(
  request: PageRequest,
  access: SourceAccess,
  options: GetOptions,
): Promise<RawAnswer> {
  const url = urlOf(withoutKeyParameters(request.target), access, options.source);
  const target = `${url.pathname}${url.search}`;
  const asking = { access, options, what: `Asking ${options.source} for ${target} at ${url.host}` };
  checkKey(asking);
  access.signal?.throwIfAborted();
  const abort = new AbortController();
  const cancel = (): void => abort.abort();
  access.signal?.addEventListener('abort', cancel, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort.abort();
  }, access.timeoutMs);
  try {
    return await exchange(url, abort.signal, asking);
  } catch (error) {
    access.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    throw unavailable(
      asking,
      timedOut ? `no whole answer within ${access.timeoutMs} ms` : reasonOf(error),
      error,
    );
  } finally {
    clearTimeout(timer);
    access.signal?.removeEventListener('abort', cancel);
  }
}

async function exchange(url: URL, signal: AbortSignal, asking: Asking): Promise<RawAnswer> {
  const response = await ofetch.raw(url.href, {
    headers: { accept: 'application/json', 'user-agent': 'marketlake', ...asking.options.headers },
    retry: 0,
    redirect: 'manual',
    ignoreResponseError: true,
    responseType: 'stream',
    signal,
  });
  if (response.status < 200 || response.status > 299) throw await refused(response, asking);
  if (response.status === 206) {
    await response.body?.cancel();
    throw unavailable(asking, 'HTTP 206, a part of an answer that was asked for whole', undefined);
  }
  const { bytes, isWhole } = await readUpTo(response.body, asking.access.maxBytes);
  if (!isWhole) throw tooLarge(asking);
  // What came is kept as it came, but for a key: some APIs repeat it in the address of the next page.
  const body = withoutKey(bytes, asking.access.apiKey);
  const contentType = response.headers.get('content-type');
  return {
    status: response.status,
    contentType: contentType === null ? null : hidingKey(contentType, asking.access.apiKey),
    body,
  };
}

async function refused(response: Response, asking: Asking): Promise<SourceError> {
  const { status, headers } = response;
  const limit = Math.min(refusedBodyBytes, asking.access.maxBytes);
  // The status says what it is: a body that breaks off must not turn a 429 into a network failure.
  const read = await readUpTo(response.body, limit).catch(() => undefined);
  const body = withoutKey(read?.bytes ?? new Uint8Array(), asking.access.apiKey);
  const text = new TextDecoder().decode(body);
  const { code, advice } = meaningOf(status, headers, text, asking);
  const retryAfterMs = retryAfterMsOf(headers.get('retry-after'), headers.get('date'));
  const facts: SourceErrorFacts = { status, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new SourceError(code, `${asking.what}: HTTP ${status}, ${quoteOf(text)}. ${advice}`, facts);
}

function meaningOf(status: number, headers: Headers, text: string, asking: Asking): Refusal {
  if (status === 429)
    return { code: 'RateLimited', advice: 'Lower the source’s requestsPerMinute if this recurs.' };
  if (status < 400) return redirected(headers.get('location'), asking.access.apiKey);
  if (status >= 500 || status === 408) {
    return {
      code: 'SourceUnavailable',
      advice: 'The API has trouble of its own; look at its status page if this lasts.',
    };
  }
  return asking.options.refusalOf(status, text);
}

function redirected(location: string | null, apiKey: string | undefined): Refusal {
  // A host is read in lower case, in which a key would not be known again: it is blotted out before, and after.
  const address = hidingKey(location ?? '', apiKey).replaceAll('*', 'x');
  const host = URL.canParse(address) ? hidingKey(new URL(address).host, apiKey) : '';
  return {
    code: 'RequestRefused',
    advice: `It points to ${host || 'another address'}, which is not followed, so that no key reaches it; correct the base URL.`,
  };
}

/** Joins base URL and target, and refuses any pair that would leave the configured API. */
function urlOf(target: string, access: SourceAccess, source: string): URL {
  const refuse = (found: string): SourceError =>
    new SourceError(
      'RequestRefused',
      `Asking ${source}: ${found}. Correct the base URL or the symbol in the configuration.`,
    );
  const base = URL.canParse(access.baseUrl) ? new URL(access.baseUrl) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol))
    throw refuse('its base URL is no http(s) address');
  if (`${base.username}${base.password}${base.search}${base.hash}` !== '') {
    throw refuse('its base URL holds more than origin and path');
  }
  const prefix = base.pathname.replace(/\/+$/, '');
  if (!target.startsWith('/')) throw refuse('the request’s path does not begin with a slash');
  const url = new URL(`${base.origin}${prefix}${target}`);
  if (!url.pathname.startsWith(`${prefix}/`)) throw refuse('the request’s path leaves the base URL');
  return url;
}

/** A header value that fetch refuses is quoted in its error, so a malformed key must never get there. */
function checkKey(asking: Asking): void {
  const { apiKey } = asking.access;
  if (apiKey === undefined || /^[\x21-\x7e]+$/.test(apiKey)) return;
  throw new SourceError(
    'KeyRefused',
    `${asking.what}: the configured key is empty or holds a blank or a character that no header can carry. Copy it again.`,
  );
}

function tooLarge(asking: Asking): SourceError {
  const { maxBytes } = asking.access;
  return new SourceError(
    'RequestRefused',
    `${asking.what}: the answer is larger than the ${maxBytes} bytes allowed. If it is right, raise largestAnswerBytes in sources/source-access.ts; else look what answers there.`,
  );
}

function unavailable(asking: Asking, found: string, cause: unknown): SourceError {
  const message = `${asking.what}: ${found}. It passes by itself, or the network, the base URL or the API is down.`;
  return new SourceError('SourceUnavailable', hidingKey(message, asking.access.apiKey), {
    cause: causeOf(cause),
  });
}

/** ofetch's own error carries the request's headers, and with them the key: only what lies under it is kept. */
function causeOf(error: unknown): unknown {
  return error instanceof FetchError ? error.cause : error;
}

function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let at = causeOf(error); at instanceof Error && reasons.length < 4; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : '';
    reasons.push(`${at.message}${code}`.trim());
  }
  return `the connection failed: ${reasons.filter((reason) => reason !== '').join(': ') || String(error)}`;
}
