import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined } from './read-json.ts';
import type { SourceErrorCode } from './source-error.ts';

const statusPart = z.object({ error_code: z.number() });

/** The envelopes in use: a status, a status inside `error`, or a sentence as `error`. */
const envelope = z.object({
  status: z.unknown().optional(),
  error: z.unknown().optional(),
});

const adviceOf = {
  range: 'This plan reaches back 365 days; ask for a later start, or raise the plan.',
  key: 'Set COINGECKO_API_KEY to a key of the plan whose base URL is configured, or leave both out.',
  cdn: 'The gateway in front of the API asks for fewer requests.',
  symbol: 'Correct the asset’s coingecko symbol (the coin’s id), or the base URL.',
  request: requestAdvice,
} as const;

const codeOfErrorCode: Readonly<Record<number, Refusal>> = {
  429: { code: 'RateLimited', advice: adviceOf.cdn },
  10002: { code: 'KeyRefused', advice: adviceOf.key },
  10005: { code: 'KeyRefused', advice: adviceOf.key },
  10006: { code: 'RateLimited', advice: 'The credits of this month are used up; wait or raise the plan.' },
  10010: { code: 'KeyRefused', advice: adviceOf.key },
  10011: { code: 'KeyRefused', advice: adviceOf.key },
  10012: { code: 'RangeRefused', advice: adviceOf.range },
};

/** Says what a refusal of CoinGecko means: its own error code first, then the HTTP status. */
export function coingeckoRefusalOf(status: number, bodyText: string): Refusal {
  const json = jsonOrUndefined(bodyText);
  const known = codeOfErrorCode[errorCodeOf(json) ?? -1];
  if (known !== undefined) return known;
  const isEnvelope = envelope.safeParse(json).success;
  const refusal = (code: SourceErrorCode, advice: string): Refusal => ({ code, advice });
  switch (status) {
    case 401:
      return refusal('KeyRefused', adviceOf.key);
    case 403:
      // The API itself answers in JSON; text or a page comes from the gateway, which limits by address.
      return isEnvelope ? refusal('RequestRefused', adviceOf.request) : refusal('RateLimited', adviceOf.cdn);
    case 404:
      return isEnvelope
        ? refusal('SymbolUnknown', adviceOf.symbol)
        : refusal('RequestRefused', adviceOf.request);
    default:
      return refusal('RequestRefused', adviceOf.request);
  }
}

function errorCodeOf(json: unknown): number | undefined {
  const outer = envelope.safeParse(json);
  if (!outer.success) return undefined;
  const inner = envelope.safeParse(outer.data.error);
  const candidates: unknown[] = [inner.success ? inner.data.status : undefined, outer.data.status, json];
  return candidates.map((part) => statusPart.safeParse(part)).find((part) => part.success)?.data.error_code;
}
