import { requestAdvice, type Refusal } from './http.ts';
import { isJsonObject } from './is-json-object.ts';

const adviceOf = {
  key: 'CoinCap answers nobody without a key: set COINCAP_API_KEY to a valid one.',
  plan: 'The key is refused, or its plan does not give this. Set COINCAP_API_KEY to a valid key, and look at its credits and plan.',
  credits: 'The plan or its credits do not reach for this; wait for the next month, or raise the plan.',
  symbol: 'Correct the asset’s coincap symbol (the coin’s id, such as bitcoin).',
  request: requestAdvice,
} as const;

/** Says what a refusal of CoinCap means. The bodies of its refusals are not documented: the status decides. */
export function coincapRefusalOf(status: number, bodyText: string): Refusal {
  switch (status) {
    case 401:
      return { code: 'KeyRefused', advice: adviceOf.key };
    case 402:
      return { code: 'RangeRefused', advice: adviceOf.credits };
    case 403:
      return { code: 'KeyRefused', advice: adviceOf.plan };
    case 404:
      // A page or plain text comes from something else at that address.
      return isJsonObject(bodyText)
        ? { code: 'SymbolUnknown', advice: adviceOf.symbol }
        : { code: 'RequestRefused', advice: adviceOf.request };
    default:
      return { code: 'RequestRefused', advice: adviceOf.request };
  }
}
