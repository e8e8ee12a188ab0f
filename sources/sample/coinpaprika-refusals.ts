import { type Answer, type Question, jsonAnswer } from './answer.ts';

const messages: Readonly<Record<number, string>> = {
  403: 'invalid API key',
  404: 'id not found',
  429: 'you have reached maximum request limit',
};

/** Refuses as CoinPaprika does: with one sentence. */
export function coinpaprikaError(status: number, error = messages[status] ?? `status ${status}`): Answer {
  return jsonAnswer(status, { error });
}

/** Refuses what the plan does not reach, and names the first instant that it does. */
export function coinpaprikaTooOld(earliest: Date): Answer {
  // Its clock tells nanoseconds, in the words of the language it is written in.
  const instant = `${earliest.toISOString().replace('T', ' ').replace('Z', '')}456789 +0000 UTC`;
  return coinpaprikaError(
    402,
    `Getting historical data before ${instant} is not allowed in this plan. Check plans on coinpaprika.com/api`,
  );
}

/** Refuses a key that is not the expected one; it stands alone in its header. */
export function refuseCoinpaprikaKey({ headers }: Question, expected: string): Answer | undefined {
  return headers['authorization'] === expected ? undefined : coinpaprikaError(403);
}
