import { type Answer, type Question, type SampleSource } from './answer.ts';
import { coingeckoRefusal, documentedError, massiveError } from './refusals.ts';

/** The keys the market asks for; null or left out: none. */
export interface SampleKeys {
  readonly coingecko?: string | null | undefined;
  readonly massive?: string | null | undefined;
}

/** Checks a request's key; gives the refusal, or nothing where it may pass. */
export function refuseKey(
  question: Question,
  keys: SampleKeys,
  requestId: string,
  now: Date,
): Answer | undefined {
  const expected = keys[question.source];
  if (expected === undefined || expected === null) return undefined;
  return question.source === 'coingecko'
    ? refuseCoinGeckoKey(question, expected, now)
    : refuseMassiveKey(question, expected, requestId);
}

function refuseCoinGeckoKey(question: Question, expected: string, now: Date): Answer | undefined {
  // /ping answers whatever key it is sent, so it tells nothing about a key.
  if (question.segments.join('/') === 'ping') return undefined;
  const { headers, query } = question;
  if (headers['x-cg-pro-api-key'] !== undefined || query.has('x_cg_pro_api_key')) {
    return coingeckoRefusal(400, 10010, now);
  }
  const sent = headers['x-cg-demo-api-key'] ?? query.get('x_cg_demo_api_key');
  return sent === expected ? undefined : coingeckoRefusal(401, 10002, now);
}

function refuseMassiveKey(question: Question, expected: string, requestId: string): Answer | undefined {
  const sent =
    /^Bearer (.*)$/i.exec(question.headers.authorization ?? '')?.[1] ?? question.query.get('apiKey');
  if (sent === null) return massiveError(401, 'API Key was not provided', requestId);
  return sent === expected ? undefined : massiveError(401, 'Unknown API Key', requestId);
}

/** How many requests a minute the market answers; null or left out: any number. */
export interface SampleLimits {
  readonly coingecko?: number | null | undefined;
  readonly massive?: number | null | undefined;
}

/** Counts answered requests over the last sixty seconds, per source. */
export interface RateGate {
  /** Counts a request; gives the 429 where it is one too many. */
  refuse(question: Question, requestId: string, now: Date): Answer | undefined;
}

const minuteMs = 60_000;

/**
 * Makes a gate. `elapsedMs` is the process's own clock, not the market's: a limit belongs to the transport,
 * and a market whose day stands still must still count minutes.
 */
export function createRateGate(limits: SampleLimits, elapsedMs: () => number): RateGate {
  const passed: Record<SampleSource, number[]> = { coingecko: [], massive: [] };
  return {
    refuse(question, requestId, now) {
      const limit = limits[question.source];
      if (limit === undefined || limit === null) return undefined;
      const at = elapsedMs();
      const recent = passed[question.source].filter((instant) => instant > at - minuteMs);
      passed[question.source] = recent;
      if (recent.length < limit) return void recent.push(at);
      const answer = documentedError(question.source, 429, requestId, now);
      // Massive is not known to say how long to wait.
      if (question.source === 'massive') return answer;
      const waitMs = (recent[0] ?? at) + minuteMs - at;
      return { ...answer, headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } };
    },
  };
}
