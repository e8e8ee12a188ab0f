import type { Question } from './answer.ts';
import type { FaultKind } from './faults.ts';
import type { Stray } from './wire.ts';

/** One request the market got, without its key. */
export interface RecordedRequest {
  /** When it came, by the real clock, in ISO form: spacing is a matter of transport. */
  readonly at: string;
  /** Null where the path is below none of the APIs. */
  readonly source: string | null;
  readonly method: string;
  /** As sent, still encoded, the folder of the API included. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The status answered; null while there is none, and for ever where the connection was dropped. */
  readonly status: number | null;
  /** The faults that changed the answer as a whole or its body; lies about a bar are not told here. */
  readonly faults: readonly FaultKind[];
}

/** What stands in the place of a key. */
export const mask = '***';

const secretName = /key|auth|token|secret|cookie|password/i;

/** Masks the values of every name that may hold a key, well spelt or not, and every configured key elsewhere. */
export function maskSecrets(
  values: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  const masked = Object.entries(values).map(([name, value]) => [
    name,
    secretName.test(name) ? mask : maskText(value, secrets),
  ]);
  return Object.fromEntries(masked) as Record<string, string>;
}

/** Masks every configured key in a text. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, mask)), text);
}

/** The entry of a request that is being answered. */
export interface LogEntry {
  /** Notes the status answered (null: none) and the faults that happened. */
  answered(status: number | null, faults: readonly FaultKind[]): void;
}

/** Every request the market got. */
export interface RequestLog {
  begin(question: Question | Stray, at: Date): LogEntry;
  list(): readonly RecordedRequest[];
  /** How many there ever were, forgotten ones included. */
  count(): number;
  forget(): void;
}

/** Opens an empty log that masks these keys wherever they stand. */
export function createRequestLog(secrets: readonly string[]): RequestLog {
  let records: { current: RecordedRequest }[] = [];
  let count = 0;
  return {
    begin(question, at) {
      const record = { current: describe(question, at, secrets) };
      records.push(record);
      count += 1;
      return {
        answered: (status, faults) => void (record.current = { ...record.current, status, faults }),
      };
    },
    list: () => records.map((record) => record.current),
    count: () => count,
    forget: () => void (records = []),
  };
}

function describe(question: Question | Stray, at: Date, secrets: readonly string[]): RecordedRequest {
  return {
    at: at.toISOString(),
    source: 'source' in question ? question.source : null,
    method: question.method,
    path: maskText(question.target.split('?')[0] ?? '', secrets),
    query: maskSecrets(Object.fromEntries(question.query), secrets),
    headers: maskSecrets(question.headers, secrets),
    status: null,
    faults: [],
  };
}
