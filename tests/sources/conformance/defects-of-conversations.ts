import { SourceError } from '../../../sources/source-error.ts';
import { by, calling, credulous, following, sendWith, throwing, withRows, type Defects } from './defects.ts';
import { rightKey } from './stage.ts';

/** What breaks the claims on any conversation. */
export const commonDefects: Defects = {
  'a row has the columns of the contract, each of them and no other': by(
    withRows((rows) => rows.map((row) => ({ ...row, unheard: 1 }))),
    withRows((rows) => rows.map(({ volume: _, ...row }) => row)),
  ),
  'a number is a number, however the API writes it, and a text is a text': by(
    withRows((rows) => rows.map((row) => ({ ...row, volume: String(row['volume']) }))),
  ),
  'a missing or a wrong key is a mistake, and the right one passes': by(
    sendWith((access) => ({ ...access, apiKey: rightKey })),
    calling('KeyRefused', 'SourceUnavailable'),
  ),
  'a key that no header can carry is refused before anything is sent': by(
    sendWith(({ apiKey = '', ...rest }) => ({ ...rest, apiKey: encodeURIComponent(apiKey) })),
  ),
  'what a plan or a place may not have is a mistake': by(
    calling('RangeRefused', 'KeyRefused'),
    calling('RangeRefused', 'SourceUnavailable'),
  ),
  'a 429 is a limit whatever its body, and says how long to wait where the API does': by(
    calling('RateLimited', 'RequestRefused'),
    throwing(({ code, message }) => new SourceError(code, message)),
    throwing(({ code, message }) => new SourceError(code, message, { retryAfterMs: 7_000 })),
  ),
  'its own limit, in its own words, is a limit too': by(calling('RateLimited', 'SourceUnavailable')),
  'a 200 with anything but its data is refused and tried again, its bytes kept': by(credulous),
  'half an answer is no answer': by(credulous, calling('SourceUnavailable', 'RequestRefused')),
  'an outage is tried again: 5xx, a dropped connection, an answer that does not come': by(
    calling('SourceUnavailable', 'RequestRefused'),
    sendWith((access) => ({ ...access, timeoutMs: 300_000, signal: AbortSignal.timeout(100) })),
  ),
  'a request that is called off ends with the reason it was called off for': by(
    sendWith(({ signal: _, ...access }) => access),
  ),
  'an answer beyond the size that is allowed is not read to its end': by(
    sendWith((access) => ({ ...access, maxBytes: 1e9 })),
  ),
  'a key travels in a header, where the API takes one, and in no address': by(
    (sound) => ({
      ...sound,
      send: ({ target }, access) => sound.send({ target: `${target}&code=${access.apiKey ?? ''}` }, access),
    }),
    sendWith(({ apiKey: _, ...access }) => access),
  ),
  'a key that an API repeats is in no message, no kept byte and no cause': by(
    throwing(
      ({ code, message, facts }, { apiKey }) =>
        new SourceError(code, message, { ...facts, cause: new Error(apiKey) }),
    ),
    throwing(
      ({ code, message, facts }, { apiKey }) =>
        new SourceError(code, message, { ...facts, body: Buffer.from(apiKey ?? '') }),
    ),
  ),
  'it is not followed where it points elsewhere': by(following),
};
