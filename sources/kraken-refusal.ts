import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined } from './read-json.ts';

const envelope = z.object({ error: z.array(z.string()) });

const refusals = {
  limit: { code: 'RateLimited', advice: 'Lower the source’s requestsPerMinute if this recurs.' },
  outage: {
    code: 'SourceUnavailable',
    advice: 'The API has trouble of its own; look at its status page if this lasts.',
  },
  symbol: {
    code: 'SymbolUnknown',
    advice: 'Correct the asset’s kraken symbol (a pair such as XBTUSD; Bitcoin is XBT there).',
  },
  request: {
    code: 'RequestRefused',
    advice: requestAdvice,
  },
} as const satisfies Record<string, Refusal>;

/** What the beginning of an error means; the first that fits. What fits none is a refusal of the request. */
const meanings: readonly (readonly [RegExp, Refusal])[] = [
  [/^EQuery:(Unknown|Invalid) asset pair/i, refusals.symbol],
  [/^EAPI:Rate limit/i, refusals.limit],
  [/^EGeneral:(Too many requests|Temporary lockout)/i, refusals.limit],
  [/^EService:Throttled/i, refusals.limit],
  [/^EService:/i, refusals.outage],
  [/^EGeneral:Internal error/i, refusals.outage],
];

/**
 * Says what the errors of an answer mean, which Kraken gives with status 200; undefined where there are none. One
 * that begins with W is a warning beside an answer.
 */
export function refusalOfErrors(errors: readonly string[]): Refusal | undefined {
  const refused = errors.filter((error) => !error.startsWith('W'));
  if (refused.length === 0) return undefined;
  const known = meanings.find(([pattern]) => refused.some((error) => pattern.test(error)));
  return known?.[1] ?? refusals.request;
}

/** Says what a refusal with a status of its own means. */
export function krakenRefusalOf(_: number, bodyText: string): Refusal {
  const parsed = envelope.safeParse(jsonOrUndefined(bodyText));
  return (parsed.success ? refusalOfErrors(parsed.data.error) : undefined) ?? refusals.request;
}
