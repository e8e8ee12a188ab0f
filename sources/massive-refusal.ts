import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined, wrongShape } from './read-json.ts';
import { quoteOf } from './secrets.ts';
import { SourceError } from './source-error.ts';

/** The text stands in `error` where the status is ERROR, in `message` otherwise. */
const refusalEnvelope = z.object({
  status: z.string(),
  error: z.string().optional(),
  message: z.string().optional(),
});

/** DELAYED is what plans with a delay answer; what is over is the same. */
export const massiveSuccesses: ReadonlySet<string> = new Set(['OK', 'DELAYED']);

const adviceOf = {
  key: 'Set MASSIVE_API_KEY to a valid key.',
  range:
    'The plan does not reach this day, range or endpoint (today and future days included); ask for final days within it, or raise the plan.',
  limit: 'Lower the source’s requestsPerMinute if this recurs.',
  symbol: 'Correct the asset’s massive symbol; it is case-sensitive.',
  request: requestAdvice,
} as const;

/** A plan's refusal may mention the key too; only a missing or wrong one is meant. */
const keyTrouble =
  /(unknown|invalid|missing) api ?key|api ?key (was |is )?(not provided|missing|invalid|unknown)/i;

/** Says what a refusal of Massive means: 401 is always the key, otherwise its envelope decides. */
export function massiveRefusalOf(status: number, bodyText: string): Refusal {
  if (status === 401) return { code: 'KeyRefused', advice: adviceOf.key };
  const fallback: Refusal = { code: 'RequestRefused', advice: adviceOf.request };
  return refusalOfEnvelope(jsonOrUndefined(bodyText)) ?? fallback;
}

/** Turns a body with status 200 that refuses into the error it stands for. */
export function bodyRefusal(body: Uint8Array, what: string): SourceError {
  const text = new TextDecoder().decode(body);
  const refusal = refusalOfEnvelope(jsonOrUndefined(text));
  if (refusal === undefined) return wrongShape(what, 'its status is neither OK nor DELAYED', body);
  return new SourceError(refusal.code, `Reading ${what}: ${quoteOf(text)}. ${refusal.advice}`, { body });
}

/** Host names and wordings change with the API's owner, so the status decides before the text does. */
function refusalOfEnvelope(json: unknown): Refusal | undefined {
  const parsed = refusalEnvelope.safeParse(json);
  if (!parsed.success) return undefined;
  const { status, error, message } = parsed.data;
  const text = `${error ?? ''} ${message ?? ''}`;
  if (keyTrouble.test(text)) return { code: 'KeyRefused', advice: adviceOf.key };
  if (status === 'NOT_AUTHORIZED') return { code: 'RangeRefused', advice: adviceOf.range };
  if (status === 'NOT_FOUND') return { code: 'SymbolUnknown', advice: adviceOf.symbol };
  if (/maximum requests/i.test(text)) return { code: 'RateLimited', advice: adviceOf.limit };
  return undefined;
}
