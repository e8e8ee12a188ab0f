import type { Answer, Question } from './answer.ts';
import type { FaultBox } from './fault-box.ts';
import { type FaultKind, bodyFaultKinds } from './faults.ts';

/** Changes the body of a good answer as ordered; a fault that does not fit the answer stays ordered. */
export function spoilBody(question: Question, answer: Answer, faults: FaultBox): [Answer, FaultKind[]] {
  if (answer.status !== 200 || answer.body.kind !== 'json') return [answer, []];
  const { api } = question;
  let json = answer.body.json;
  const happened: FaultKind[] = [];
  for (const kind of bodyFaultKinds) {
    const spoilt = api.spoilBody?.(kind, json);
    if (spoilt === undefined || faults.take(question, kind) === undefined) continue;
    json = spoilt;
    happened.push(kind);
  }
  return [{ ...answer, body: { kind: 'json', json } }, happened];
}
