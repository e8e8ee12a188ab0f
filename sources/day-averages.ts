import { isPartitionDate, utcDateOf } from '../workflows/pure/cell.ts';
import { wrongShape } from './read-json.ts';
import { indexRows, readByDay, rememberPages, type RowIndex } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import type { Ask, Resource, SourceRow } from './source.ts';

const dayMs = 86_400_000;

/** The days of one coin that are asked for. */
export type DaysAsk = Extract<Ask, { readonly kind: 'range' }>;

/** What an API gives for one UTC day. */
export interface DayAverage {
  /** The instant at which its day begins, which names the day. */
  readonly startMs: number;
  readonly row: SourceRow;
}

/** What tells one API of daily averages from another. */
export interface DayAveragesApi {
  /** The source's name. */
  readonly source: string;
  /** The resource's name, for messages. */
  readonly resource: string;
  readonly maxRangeDays: number;
  /** Builds path and query for a range whose dates and order are checked. */
  targetOf(ask: DaysAsk): string;
  readonly send: Resource['send'];
  /** Reads every row of one answer, in any order. @throws SourceError `WrongShape`. */
  read(body: Uint8Array, what: string): readonly DayAverage[];
}

/** Builds a resource whose rows are averages over the UTC day that begins at their stamp: one page a range. */
export function dayAveragesResource(api: DayAveragesApi): Resource {
  const indexOf = rememberPages((body, ask) => readDays(api, body, ask));
  return {
    coverage: { maxRangeDays: api.maxRangeDays, rangeEndsToday: false, groupOf: () => null },
    firstPage: (ask) => ({ target: api.targetOf(checkedDays(api.source, ask)) }),
    send: api.send,
    ...readByDay(indexOf),
  };
}

function checkedDays(source: string, ask: Ask): DaysAsk {
  if (ask.kind !== 'range') {
    throw cannotAsk(source, 'it has no whole-market day', 'Ask for one coin and a range of dates.');
  }
  const { from, to, today } = ask;
  if (isPartitionDate(from) && isPartitionDate(to) && from <= to && from < today) return ask;
  throw cannotAsk(
    source,
    `${from}..${to} holds no day that is over on ${today}`,
    'Ask for days before today, the first not after the last.',
  );
}

/**
 * Indexes the averages by day. The running day has a row too, and an average of a part of a day is none: it is
 * dropped, whatever its stamp. Any other row that begins at no midnight says that the API did not answer by
 * the day, and then its midnight rows would pass for averages that they are not.
 */
function readDays(api: DayAveragesApi, body: Uint8Array, ask: Ask): RowIndex {
  const { from, to, today } = checkedDays(api.source, ask);
  const what = `an answer of ${api.source} ${api.resource}`;
  const dated = api.read(body, what).map((day) => ({ ...day, date: utcDateOf(day.startMs) }));
  const over = dated.filter(({ date }) => date < today);
  const askew = over.find(({ startMs }) => startMs % dayMs !== 0);
  if (askew !== undefined) {
    const stamp = new Date(askew.startMs).toISOString();
    throw wrongShape(what, `the row stamped ${stamp} begins no day`, body);
  }
  return indexRows(
    over.filter(({ date }) => date >= from && date <= to),
    ({ date }) => date,
    ({ row }) => row,
  );
}

/** Writes the first and the last instant of a range of UTC days, so that an exclusive end leaves no day out. */
export function edgesOf({ from, to }: DaysAsk): { readonly firstMs: number; readonly lastMs: number } {
  return { firstMs: Date.parse(`${from}T00:00:00Z`), lastMs: Date.parse(`${to}T00:00:00Z`) + dayMs - 1 };
}
