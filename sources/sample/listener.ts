import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Question, textAnswer } from './answer.ts';
import type { PlayedApi } from './apis.ts';
import { type Floor, decideReply } from './exchange.ts';
import { hashText } from './random.ts';
import type { RequestLog } from './request-log.ts';
import { type Stray, readQuestion, sendAnswer } from './wire.ts';

/** Answers one HTTP request. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the listener needs: the market, its clock, and the real one for the log. */
export interface ListenerParts {
  readonly floor: Floor;
  readonly played: readonly PlayedApi[];
  readonly log: RequestLog;
  readonly seed: number;
  readonly now: () => Date;
  readonly realClock: () => Date;
  /** Aborted when the market closes: nobody waits any longer. */
  readonly closing: AbortSignal;
}

/** Makes the listener that answers and records every request to the APIs. */
export function createListener({
  floor,
  played,
  log,
  seed,
  now,
  realClock,
  closing,
}: ListenerParts): Listener {
  return async (request, response) => {
    // A body nobody reads would hold up the connection's next request.
    request.resume();
    const question = readQuestion(request, played);
    const entry = log.begin(question, realClock());
    if (!isQuestion(question)) {
      entry.answered(404, []);
      return sendAnswer(response, textAnswer(404, 'The sample market has no such path.'));
    }
    const occasion = { now: now(), requestId: requestIdOf(seed, log.count()) };
    const reply = decideReply(question, floor, occasion);
    if (reply.delayMs > 0) await wait(reply.delayMs, response, closing);
    const { answer } = reply;
    // Noted before it is sent: who has the answer finds it in the log.
    entry.answered(response.destroyed || answer === null ? null : answer.status, reply.faults);
    if (answer === null) return void request.socket.destroy();
    const { spellNumber } = question.api;
    if (!response.destroyed) sendAnswer(response, answer, { spellNumber, cut: reply.cut });
  };
}

function isQuestion(question: Question | Stray): question is Question {
  return 'source' in question;
}

/** Every answer has an id of its own; some APIs tell it. */
function requestIdOf(seed: number, count: number): string {
  return [0, 1, 2, 3]
    .map((part) =>
      hashText(`request ${count}`, seed + part)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
}

/** Waits, or less where the asker goes away or the market closes. */
async function wait(delayMs: number, response: ServerResponse, closing: AbortSignal): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await delay(delayMs, undefined, { signal: AbortSignal.any([gone.signal, closing]) }).catch(() => undefined);
}
