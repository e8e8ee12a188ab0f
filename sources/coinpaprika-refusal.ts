import { requestAdvice, type Refusal } from './http.ts';
import { isJsonObject } from './is-json-object.ts';

const adviceOf = {
  plan:
    'The plan does not give this: the free plan of CoinPaprika has days of the last year only, counted to the instant, ' +
    'and an address that asked for too much is answered like that too. Ask for later days, raise the plan, or wait.',
  key: 'Set COINPAPRIKA_API_KEY to a key of the plan whose base URL is configured, or leave both out.',
  symbol: 'Correct the asset’s coinpaprika symbol (the coin’s id, such as btc-bitcoin).',
  request: requestAdvice,
} as const;

/** Says what a refusal of CoinPaprika means; its bodies are sentences, so that the status decides. */
export function coinpaprikaRefusalOf(status: number, bodyText: string): Refusal {
  switch (status) {
    case 401:
    case 403:
      return { code: 'KeyRefused', advice: adviceOf.key };
    case 402:
      return { code: 'RangeRefused', advice: adviceOf.plan };
    case 404:
      // A page or plain text comes from something else at that address.
      return isJsonObject(bodyText)
        ? { code: 'SymbolUnknown', advice: adviceOf.symbol }
        : { code: 'RequestRefused', advice: adviceOf.request };
    default:
      return { code: 'RequestRefused', advice: adviceOf.request };
  }
}
