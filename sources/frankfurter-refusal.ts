import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined } from './read-json.ts';

/** The API's own refusals are one sentence; what stands before it answers in HTML or plain text. */
const envelope = z.object({ message: z.string() });

const adviceOf = {
  pair: 'Correct the asset’s frankfurter symbol, or the range: rates begin on 1999-01-04, and a currency that has ended has none any more.',
  request: requestAdvice,
} as const;

/** Says what a refusal of Frankfurter means: it has no keys and no plans, so only pair and range can be wrong. */
export function frankfurterRefusalOf(status: number, bodyText: string): Refusal {
  const parsed = envelope.safeParse(jsonOrUndefined(bodyText));
  const message = parsed.success ? parsed.data.message : '';
  const isPair = status === 404 ? message === 'not found' : status === 422 && /currency pair/i.test(message);
  return isPair
    ? { code: 'SymbolUnknown', advice: adviceOf.pair }
    : { code: 'RequestRefused', advice: adviceOf.request };
}
