import { type Answer, type Question, jsonAnswer } from './answer.ts';
import type { Occasion } from './desk.ts';

const messages: Readonly<Record<number, string>> = {
  10002: 'API Key Missing. Please make sure that a valid key is sent.',
  10005: 'This request is limited to PRO API subscribers. Please upgrade your plan.',
  10010: 'If you are using a Pro API key, please change your root URL to pro-api.coingecko.com/api/v3.',
  10011: 'If you are using a Demo API key, please change your root URL to api.coingecko.com/api/v3.',
  10012:
    'Your request exceeds the allowed time range. Public API users are limited to querying historical data ' +
    'within the past 365 days. Upgrade to a paid plan to enjoy full historical data access.',
};

const rateLimitText =
  "You've exceeded the Rate Limit. Please visit https://www.coingecko.com/en/api/pricing to subscribe to our " +
  'API plans for higher rate limits.';

/** Refuses as CoinGecko does where it tells a number of its own: 10002 key, 10005 plan, 10010 and 10011 host, 10012 range. */
export function coingeckoRefusal(httpStatus: number, errorCode: number, now: Date): Answer {
  const timestamp = now.toISOString().replace('Z', '+00:00');
  const status = { timestamp, error_code: errorCode, error_message: messages[errorCode] ?? 'Error.' };
  // The range refusal alone is wrapped once more: a client has to look in both places.
  return jsonAnswer(httpStatus, errorCode === 10012 ? { error: { status } } : { status });
}

/** Refuses as CoinGecko does where it tells a sentence only. */
export function coingeckoError(httpStatus: number, error: string): Answer {
  return jsonAnswer(httpStatus, { error });
}

/** Refuses a key that is not the expected one, or that is another plan's than the host's. */
export function refuseCoinGeckoKey(
  question: Question,
  expected: string,
  occasion: Occasion,
): Answer | undefined {
  // /ping answers whatever key it is sent, so it tells nothing about a key.
  if (question.segments.join('/') === 'ping') return undefined;
  const isProHost = occasion.plan === 'pro';
  const [own, other] = isProHost ? (['pro', 'demo'] as const) : (['demo', 'pro'] as const);
  if (sentKey(question, other) !== null)
    return coingeckoRefusal(400, isProHost ? 10011 : 10010, occasion.now);
  return sentKey(question, own) === expected ? undefined : coingeckoRefusal(401, 10002, occasion.now);
}

function sentKey({ headers, query }: Question, plan: 'demo' | 'pro'): string | null {
  return headers[`x-cg-${plan}-api-key`] ?? query.get(`x_cg_${plan}_api_key`);
}

/** Answers a status as CoinGecko documents it. */
export function coingeckoStatus(status: number, { now }: Occasion): Answer {
  if (status === 401) return coingeckoRefusal(401, 10002, now);
  if (status === 404) return coingeckoError(404, 'coin not found');
  const text = status === 429 ? rateLimitText : `The service answered ${status}.`;
  return jsonAnswer(status, { status: { error_code: status, error_message: text } });
}
