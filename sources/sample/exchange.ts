import { type Answer, type Question, htmlAnswer, jsonAnswer, textAnswer } from './answer.ts';
import { spoilBody } from './body-faults.ts';
import { answerCoinGecko } from './coingecko.ts';
import type { Desk, SampleHistory } from './desk.ts';
import type { FaultBox } from './fault-box.ts';
import type { FaultKind, FaultOf } from './faults.ts';
import { type RateGate, type SampleKeys, refuseKey } from './keys-and-limits.ts';
import { answerMassive } from './massive.ts';
import type { PriceBook } from './price-book.ts';
import { coingeckoRefusal, documentedError, massiveNotAuthorized } from './refusals.ts';
import { openTape } from './tape.ts';

/** What the market is made of; one for all requests. */
export interface Floor {
  readonly book: PriceBook;
  readonly faults: FaultBox;
  readonly gate: RateGate;
  readonly keys: SampleKeys;
  readonly history: Required<SampleHistory>;
  readonly pageSize: number | null;
  readonly nextUrlBase: string;
}

/** What is to be sent for one request, and how. */
export interface Reply {
  /** Null: nothing; the connection is dropped. */
  readonly answer: Answer | null;
  readonly delayMs: number;
  readonly cut: FaultOf<'truncated'>['cut'] | null;
  readonly faults: readonly FaultKind[];
}

/** Decides the reply to a request: ordered faults first, then key, limit and endpoint. */
export function decideReply(question: Question, floor: Floor, now: Date, requestId: string): Reply {
  const slow = floor.faults.take(question, 'slow');
  const outage = floor.faults.take(
    question,
    'reset',
    'truncated',
    'status',
    'html',
    'wrong-shape',
    'not-authorized',
  );
  const happened: FaultKind[] = [...(slow ? [slow.kind] : []), ...(outage ? [outage.kind] : [])];
  const rest = { delayMs: slow?.delayMs ?? 0, cut: outage?.kind === 'truncated' ? outage.cut : null };
  if (outage?.kind === 'reset') return { ...rest, answer: null, faults: happened };
  if (outage && outage.kind !== 'truncated') {
    return { ...rest, answer: outageAnswer(outage, question, requestId, now), faults: happened };
  }
  const [answer, spoilt] = answerHonestly(question, floor, now, requestId);
  return { ...rest, answer, faults: [...happened, ...spoilt] };
}

type Outage = FaultOf<'status' | 'html' | 'wrong-shape' | 'not-authorized'>;

function outageAnswer(fault: Outage, question: Question, requestId: string, now: Date): Answer {
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault, question, requestId, now);
    case 'html':
      return htmlAnswer(200);
    case 'wrong-shape':
      return jsonAnswer(200, { data: { message: 'This version is being switched off.' }, timestamp: 1 });
    case 'not-authorized':
      return question.source === 'massive'
        ? massiveNotAuthorized(fault.reason, requestId)
        : coingeckoRefusal(401, fault.reason === 'entitled' ? 10005 : 10012, now);
  }
}

function statusAnswer(fault: FaultOf<'status'>, question: Question, requestId: string, now: Date): Answer {
  const answer = statusBody(fault, question, requestId, now);
  return fault.retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { 'retry-after': String(fault.retryAfterSeconds) } };
}

function statusBody(fault: FaultOf<'status'>, question: Question, requestId: string, now: Date): Answer {
  switch (fault.body) {
    case 'json':
      return documentedError(question.source, fault.status, requestId, now);
    case 'text':
      return textAnswer(fault.status, fault.status === 429 ? 'Throttled' : 'Service trouble');
    case 'html':
      return htmlAnswer(fault.status);
    case 'empty':
      return textAnswer(fault.status, '');
  }
}

/** Answers from the book: honest in transport, with the ordered lies in what is told. */
function answerHonestly(
  question: Question,
  floor: Floor,
  now: Date,
  requestId: string,
): [Answer, FaultKind[]] {
  if (question.method !== 'GET') return [textAnswer(405, 'Method not allowed'), []];
  const refusal =
    refuseKey(question, floor.keys, requestId, now) ?? floor.gate.refuse(question, requestId, now);
  if (refusal) return [refusal, []];
  const clip = isRange(question) ? floor.faults.take(question, 'clip') : undefined;
  const desk: Desk = {
    ...floor,
    now,
    requestId,
    tape: openTape(floor.book, floor.faults, question),
    newestDays: clip?.days ?? null,
  };
  const answer =
    question.source === 'coingecko' ? answerCoinGecko(question, desk) : answerMassive(question, desk);
  const [spoilt, kinds] = spoilBody(question, answer, floor.faults);
  return [spoilt, [...(clip ? [clip.kind] : []), ...kinds]];
}

function isRange(question: Question): boolean {
  return question.segments.includes('market_chart') || question.segments.includes('range');
}
