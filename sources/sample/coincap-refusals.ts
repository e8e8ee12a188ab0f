import { type Answer, type Question, jsonAnswer } from './answer.ts';
import type { Occasion } from './desk.ts';

/** What CoinCap's refusals say is documented nowhere: only the status is to be relied on. */
export function coincapError(status: number, error: string, { now }: Pick<Occasion, 'now'>): Answer {
  return jsonAnswer(status, { error, timestamp: now.getTime() });
}

/** Refuses a key that is not the expected one. */
export function refuseCoincapKey(
  question: Question,
  expected: string,
  occasion: Occasion,
): Answer | undefined {
  const bearer = /^Bearer (.+)$/.exec(question.headers['authorization'] ?? '')?.[1];
  const sent = bearer ?? question.query.get('apiKey');
  if (sent === null || sent === undefined) return coincapError(401, 'Missing API key.', occasion);
  return sent === expected ? undefined : coincapError(403, 'Invalid API key.', occasion);
}

/** What the last version but this one answers, status 200 and all: an object where the list belongs. */
export function coincapSwitchedOff(): Answer {
  const message = 'We are deprecating this version of the CoinCap API (synthetic answer).';
  return jsonAnswer(200, { data: { message }, timestamp: 1_743_500_000_000 });
}
