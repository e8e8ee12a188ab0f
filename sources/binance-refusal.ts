import { z } from 'zod';
import { requestAdvice, type Refusal } from './http.ts';
import { jsonOrUndefined } from './read-json.ts';

const envelope = z.object({ code: z.number(), msg: z.string() });

const refusals = {
  banned: {
    code: 'RateLimited',
    advice:
      'It has shut this address out for a while, for asking on after being told to slow down. Lower the source’s requestsPerMinute, and see who else asks from here.',
  },
  gateway: { code: 'RateLimited', advice: 'The gateway in front of the API asks for fewer requests.' },
  limit: { code: 'RateLimited', advice: 'Lower the source’s requestsPerMinute if this recurs.' },
  location: {
    code: 'RequestRefused',
    advice:
      'Binance does not serve the place this was asked from, and trying again does not change that. Set the base URL to its host for market data, https://data-api.binance.vision, or take the asset from another source, such as coinbase.daily_candles.',
  },
  symbol: {
    code: 'SymbolUnknown',
    advice: 'Correct the asset’s binance symbol (capital letters without a dash, such as BTCUSDT).',
  },
  request: {
    code: 'RequestRefused',
    advice: requestAdvice,
  },
} as const satisfies Record<string, Refusal>;

/** Says what a refusal of Binance means: some statuses are its own, then its error code decides. */
export function binanceRefusalOf(status: number, bodyText: string): Refusal {
  switch (status) {
    case 403:
      return refusals.gateway;
    case 418:
      return refusals.banned;
    case 451:
      return refusals.location;
    default:
      return refusalOfEnvelope(bodyText);
  }
}

function refusalOfEnvelope(bodyText: string): Refusal {
  const parsed = envelope.safeParse(jsonOrUndefined(bodyText));
  if (!parsed.success) return refusals.request;
  const { code, msg } = parsed.data;
  if (code === -1003) return refusals.limit;
  if (code === -1121) return refusals.symbol;
  // A dash or a small letter is refused before the symbol is looked up.
  if (code === -1100 && /parameter 'symbol'/i.test(msg)) return refusals.symbol;
  return refusals.request;
}
