import { type Answer, type Question, htmlAnswer, jsonAnswer, textAnswer } from './answer.ts';
import { spoilBody } from './body-faults.ts';
import type { Desk, EndpointFaultKind, Occasion, PartlyTooOld } from './desk.ts';
import type { FaultBox } from './fault-box.ts';
import type { FaultKind, FaultOf } from './faults.ts';
import type { ValueOfEach } from './apis.ts';
import { type RateGate, refuseKey } from './keys-and-limits.ts';
import type { PriceBook } from './price-book.ts';
import { openTape } from './tape.ts';

/** What the market is made of; one for all requests. */
export interface Floor {
  readonly book: PriceBook;
  readonly faults: FaultBox;
  readonly gate: RateGate;
  readonly keys: ValueOfEach<string>;
  /** How far back each API answers; left out: as it says itself, null: without limit. */
  readonly history: ValueOfEach<number>;
  /** Whose plan's host each API plays; left out: the free plan's. */
  readonly plans: ValueOfEach<string>;
  readonly partlyTooOld: PartlyTooOld;
  readonly pageSize: number | null;
  /** What the addresses in an API's answers begin with. */
  readonly toldBaseUrlOf: (source: string) => string;
}

/** What is to be sent for one request, and how. */
export interface Reply {
  /** Null: nothing; the connection is dropped. */
  readonly answer: Answer | null;
  readonly delayMs: number;
  readonly cut: FaultOf<'truncated'>['cut'] | null;
  readonly faults: readonly FaultKind[];
}

const outageKinds = ['reset', 'truncated', 'status', 'html', 'wrong-shape'] as const;

/** Decides the reply to a request: ordered faults first, then key, limit and endpoint. */
export function decideReply(question: Question, floor: Floor, asked: Occasion): Reply {
  const occasion: Occasion = { ...asked, plan: floor.plans[question.source] ?? undefined };
  const slow = floor.faults.take(question, 'slow');
  const canRefusePlan = question.api.notAuthorized !== undefined;
  const outage = canRefusePlan
    ? floor.faults.take(question, ...outageKinds, 'not-authorized')
    : floor.faults.take(question, ...outageKinds);
  const happened: FaultKind[] = [...(slow ? [slow.kind] : []), ...(outage ? [outage.kind] : [])];
  const rest = { delayMs: slow?.delayMs ?? 0, cut: outage?.kind === 'truncated' ? outage.cut : null };
  if (outage?.kind === 'reset') return { ...rest, answer: null, faults: happened };
  if (outage && outage.kind !== 'truncated') {
    return { ...rest, answer: outageAnswer(outage, question, occasion), faults: happened };
  }
  const [answer, spoilt] = answerHonestly(question, floor, occasion);
  return { ...rest, answer, faults: [...happened, ...spoilt] };
}

type Outage = FaultOf<'status' | 'html' | 'wrong-shape' | 'not-authorized'>;

function outageAnswer(fault: Outage, question: Question, occasion: Occasion): Answer {
  const api = question.api;
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault, question, occasion);
    case 'html':
      return htmlAnswer(200);
    case 'wrong-shape':
      return api.wrongShape?.() ?? switchedOff();
    case 'not-authorized':
      return api.notAuthorized?.(fault.reason, occasion) ?? api.errorAnswer(403, occasion);
  }
}

/** The JSON of another house: a message object where data were asked for. */
function switchedOff(): Answer {
  return jsonAnswer(200, { data: { message: 'This version is being switched off.' }, timestamp: 1 });
}

function statusAnswer(fault: FaultOf<'status'>, question: Question, occasion: Occasion): Answer {
  const answer = statusBody(fault, question, occasion);
  return fault.retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, 'retry-after': String(fault.retryAfterSeconds) } };
}

function statusBody(fault: FaultOf<'status'>, question: Question, occasion: Occasion): Answer {
  switch (fault.body) {
    case 'json':
      return question.api.errorAnswer(fault.status, occasion);
    case 'text':
      return textAnswer(fault.status, fault.status === 429 ? 'Throttled' : 'Service trouble');
    case 'html':
      return htmlAnswer(fault.status);
    case 'empty':
      return textAnswer(fault.status, '');
  }
}

/** Answers from the book: honest in transport, with the ordered lies in what is told. */
function answerHonestly(question: Question, floor: Floor, occasion: Occasion): [Answer, FaultKind[]] {
  if (question.method !== 'GET') return [textAnswer(405, 'Method not allowed'), []];
  const refusal = refuseKey(question, floor.keys, occasion) ?? floor.gate.refuse(question, occasion);
  if (refusal) return [refusal, []];
  const taken: FaultKind[] = [];
  const answer = question.api.answer(question, openDesk(question, floor, occasion, taken));
  const [spoilt, kinds] = spoilBody(question, answer, floor.faults);
  return [spoilt, [...taken, ...kinds]];
}

/** Lays out what an endpoint needs; what it takes of the faults is noted in `taken`. */
function openDesk(question: Question, floor: Floor, occasion: Occasion, taken: FaultKind[]): Desk {
  const { source, api } = question;
  const { historyDays, deviation = 0 } = api;
  const asked = floor.history[source];
  return {
    ...occasion,
    book: floor.book,
    tape: openTape(floor.book, floor.faults, question, deviation),
    historyDays: asked === undefined ? historyDays : asked,
    partlyTooOld: floor.partlyTooOld,
    pageSize: floor.pageSize,
    toldBaseUrl: floor.toldBaseUrlOf(source),
    take<Kind extends EndpointFaultKind>(kind: Kind): FaultOf<Kind> | undefined {
      const fault = floor.faults.take(question, kind);
      if (fault) taken.push(kind);
      return fault;
    },
  };
}
