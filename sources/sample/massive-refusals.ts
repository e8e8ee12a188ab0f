import { type Answer, type Question, jsonAnswer } from './answer.ts';
import type { Occasion } from './desk.ts';
import type { NotAuthorizedReason } from './faults.ts';

const notAuthorizedMessages: Readonly<Record<NotAuthorizedReason, string>> = {
  timeframe:
    "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing",
  entitled: 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing',
  today:
    "Attempted to request today's data before end of day. Please upgrade your plan at https://polygon.io/pricing",
};

const rateLimitText =
  "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. " +
  'https://polygon.io/pricing';

/** Refuses as Massive does: the text stands in `error`. */
export function massiveError(httpStatus: number, error: string, requestId: string): Answer {
  return jsonAnswer(httpStatus, { status: 'ERROR', request_id: requestId, error });
}

/** Refuses as Massive does what a plan does not reach: the text stands in `message`. */
export function massiveNotAuthorized(reason: NotAuthorizedReason, requestId: string): Answer {
  const message = notAuthorizedMessages[reason];
  return jsonAnswer(403, { status: 'NOT_AUTHORIZED', request_id: requestId, message });
}

/** Says as Massive does that there is no such thing. */
export function massiveNotFound(message: string, requestId: string): Answer {
  return jsonAnswer(404, { status: 'NOT_FOUND', request_id: requestId, message });
}

/** Refuses a key that is not the expected one. */
export function refuseMassiveKey(
  question: Question,
  expected: string,
  { requestId }: Occasion,
): Answer | undefined {
  const sent =
    /^Bearer (.*)$/i.exec(question.headers.authorization ?? '')?.[1] ?? question.query.get('apiKey');
  if (sent === null) return massiveError(401, 'API Key was not provided', requestId);
  return sent === expected ? undefined : massiveError(401, 'Unknown API Key', requestId);
}

/** Answers a status as Massive documents it. */
export function massiveStatus(status: number, { requestId }: Occasion): Answer {
  if (status === 403) return massiveNotAuthorized('entitled', requestId);
  if (status === 404) return massiveNotFound('Data not found.', requestId);
  const text = status === 429 ? rateLimitText : `The service answered ${status}.`;
  return massiveError(status, status === 401 ? 'Unknown API Key' : text, requestId);
}
