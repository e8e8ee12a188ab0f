import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined } from './read-json.ts';

/** The one envelope in use. */
const envelope = z.object({ message: z.string() });

/** Says what a refusal of Coinbase Exchange means; a page in HTML comes from the gateway and knows no product. */
export function coinbaseRefusalOf(status: number, bodyText: string): Refusal {
  const parsed = envelope.safeParse(jsonOrUndefined(bodyText));
  const message = parsed.success ? parsed.data.message : '';
  if (/rate limit/i.test(message)) {
    return { code: 'RateLimited', advice: 'Lower the source’s requestsPerMinute if this recurs.' };
  }
  if (status === 404 && parsed.success) {
    return {
      code: 'SymbolUnknown',
      advice: 'Correct the asset’s coinbase symbol (the product’s id, such as BTC-USD), or the base URL.',
    };
  }
  if (/granularity too small/i.test(message)) {
    return { code: 'RequestRefused', advice: 'One answer holds 300 candles; ask for fewer days at once.' };
  }
  return {
    code: 'RequestRefused',
    advice: requestAdvice,
  };
}
