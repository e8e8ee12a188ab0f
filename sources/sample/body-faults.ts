import type { Answer, Json, Question } from './answer.ts';
import type { FaultBox } from './fault-box.ts';
import type { FaultKind } from './faults.ts';

type JsonObject = Readonly<Record<string, Json>>;

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

const bodyFaultKinds = ['results-null', 'results-empty', 'delayed', 'request-id-integer'] as const;

/** Changes the body of a good answer as ordered; a fault that does not fit the answer stays ordered. */
export function spoilBody(question: Question, answer: Answer, faults: FaultBox): [Answer, FaultKind[]] {
  if (answer.status !== 200 || answer.body.kind !== 'json') return [answer, []];
  let json = answer.body.json;
  const happened: FaultKind[] = [];
  for (const kind of bodyFaultKinds) {
    if (!isObject(json)) break;
    const spoilt: JsonObject | undefined = spoil(json, kind);
    if (spoilt === undefined || faults.take(question, kind) === undefined) continue;
    json = spoilt;
    happened.push(kind);
  }
  return [{ ...answer, body: { kind: 'json', json } }, happened];
}

/** Gives the spoilt body, or nothing where the fault does not fit it. */
function spoil(body: JsonObject, kind: (typeof bodyFaultKinds)[number]): JsonObject | undefined {
  switch (kind) {
    case 'results-null':
      return withResults(body, null);
    case 'results-empty':
      return withResults(body, []);
    case 'delayed':
      return body.status === 'OK' ? { ...body, status: 'DELAYED' } : undefined;
    case 'request-id-integer':
      return 'request_id' in body ? { ...body, request_id: 1_234_567_890 } : undefined;
  }
}

function withResults(body: JsonObject, results: Json): JsonObject | undefined {
  if ('prices' in body) return { prices: results, market_caps: results, total_volumes: results };
  if (!('resultsCount' in body)) return undefined;
  return { ...body, queryCount: 0, resultsCount: 0, count: 0, results, next_url: undefined };
}
