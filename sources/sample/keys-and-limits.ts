import type { Answer, Question } from './answer.ts';
import type { Occasion } from './desk.ts';
import type { BySource, ValueOfEach } from './apis.ts';
import type { SampleApi } from './sample-api.ts';

/** The keys the market asks for; null or left out: none. */
export type SampleKeys = BySource<string>;

/** How many requests a minute the market answers; null or left out: any number. */
export type SampleLimits = BySource<number>;

/** Checks a request's key; gives the refusal, or nothing where it may pass. */
export function refuseKey(
  question: Question,
  keys: ValueOfEach<string>,
  occasion: Occasion,
): Answer | undefined {
  const expected = keys[question.source] ?? null;
  return expected === null ? undefined : question.api.refuseKey?.(question, expected, occasion);
}

/** Counts answered requests over the last sixty seconds, per source. */
export interface RateGate {
  /** Counts a request; gives the 429 where it is one too many. */
  refuse(question: Question, occasion: Occasion): Answer | undefined;
}

const minuteMs = 60_000;

/**
 * Makes a gate. `elapsedMs` is the process's own clock, not the market's: a limit belongs to the transport,
 * and a market whose day stands still must still count minutes.
 */
export function createRateGate(limits: ValueOfEach<number>, elapsedMs: () => number): RateGate {
  const passed = new Map<string, number[]>();
  return {
    refuse({ source, api }, occasion) {
      const limit = limits[source] ?? null;
      if (limit === null) return undefined;
      const at = elapsedMs();
      const recent = (passed.get(source) ?? []).filter((instant) => instant > at - minuteMs);
      passed.set(source, recent);
      if (recent.length < limit) return void recent.push(at);
      return tooMany(api, (recent[0] ?? at) + minuteMs - at, occasion);
    },
  };
}

function tooMany(api: SampleApi, waitMs: number, occasion: Occasion): Answer {
  const answer = api.limitAnswer?.(occasion) ?? api.errorAnswer(429, occasion);
  if (api.saysRetryAfter !== true) return answer;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}
