import { type Answer, type SampleSource, jsonAnswer } from './answer.ts';

/** Why Massive says that a plan does not reach something. */
export type NotAuthorizedReason = 'timeframe' | 'entitled' | 'today';

const notAuthorizedMessages: Readonly<Record<NotAuthorizedReason, string>> = {
  timeframe:
    "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing",
  entitled: 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing',
  today:
    "Attempted to request today's data before end of day. Please upgrade your plan at https://polygon.io/pricing",
};

const coingeckoMessages: Readonly<Record<number, string>> = {
  10002: 'API Key Missing. Please make sure that a valid key is sent.',
  10005: 'This request is limited to PRO API subscribers. Please upgrade your plan.',
  10010: 'If you are using a Pro API key, please change your root URL to pro-api.coingecko.com/api/v3.',
  10012:
    'Your request exceeds the allowed time range. Public API users are limited to querying historical data ' +
    'within the past 365 days. Upgrade to a paid plan to enjoy full historical data access.',
};

/** Refuses as CoinGecko does where it tells a number of its own: 10002 key, 10005 plan, 10010 host, 10012 range. */
export function coingeckoRefusal(httpStatus: number, errorCode: number, now: Date): Answer {
  const timestamp = now.toISOString().replace('Z', '+00:00');
  const status = {
    timestamp,
    error_code: errorCode,
    error_message: coingeckoMessages[errorCode] ?? 'Error.',
  };
  // The range refusal alone is wrapped once more: a client has to look in both places.
  return jsonAnswer(httpStatus, errorCode === 10012 ? { error: { status } } : { status });
}

/** Refuses as CoinGecko does where it tells a sentence only. */
export function coingeckoError(httpStatus: number, error: string): Answer {
  return jsonAnswer(httpStatus, { error });
}

/** Refuses as Massive does: the text stands in `error`. */
export function massiveError(httpStatus: number, error: string, requestId: string): Answer {
  return jsonAnswer(httpStatus, { status: 'ERROR', request_id: requestId, error });
}

/** Refuses as Massive does what a plan does not reach: the text stands in `message`. */
export function massiveNotAuthorized(reason: NotAuthorizedReason, requestId: string): Answer {
  const message = notAuthorizedMessages[reason];
  return jsonAnswer(403, { status: 'NOT_AUTHORIZED', request_id: requestId, message });
}

/** Says as Massive does that there is no such thing. */
export function massiveNotFound(message: string, requestId: string): Answer {
  return jsonAnswer(404, { status: 'NOT_FOUND', request_id: requestId, message });
}

const rateLimitTexts: Readonly<Record<SampleSource, string>> = {
  coingecko:
    "You've exceeded the Rate Limit. Please visit https://www.coingecko.com/en/api/pricing to subscribe to our " +
    'API plans for higher rate limits.',
  massive:
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. " +
    'https://polygon.io/pricing',
};

/** Answers any status in the JSON that the source documents for it. */
export function documentedError(source: SampleSource, status: number, requestId: string, now: Date): Answer {
  const text = status === 429 ? rateLimitTexts[source] : `The service answered ${status}.`;
  if (source === 'massive') return massiveErrorOf(status, text, requestId);
  if (status === 401) return coingeckoRefusal(401, 10002, now);
  if (status === 404) return coingeckoError(404, 'coin not found');
  return jsonAnswer(status, { status: { error_code: status, error_message: text } });
}

function massiveErrorOf(status: number, text: string, requestId: string): Answer {
  if (status === 403) return massiveNotAuthorized('entitled', requestId);
  if (status === 404) return massiveNotFound('Data not found.', requestId);
  return massiveError(status, status === 401 ? 'Unknown API Key' : text, requestId);
}
