import { z } from 'zod';
import { isPartitionDate } from '../workflows/pure/cell.ts';
import { bodyRefusal, massiveSuccesses } from './massive-refusal.ts';
import { nextTargetOf } from './massive-next.ts';
import { listOf, marketNumber, readJson } from './read-json.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import type { Ask, PageRequest, RawPage, Reach, Resource, SnapshotAsk, SourceRow } from './source.ts';

/** Splits and dividends of the whole US market, as the API tells them on a day: one cell a day holds them all. */

const name = 'massive';
/** The one member of a day's answer; its rows name the stocks. */
export const wholeMarket = 'us-stocks';
/** The API's own maximum of rows a page; without it there are ten. */
const pageLimit = 1000;

const date = z.string().refine(isPartitionDate, 'expected a date');

const split = z.object({
  id: z.string().min(1),
  ticker: z.string().min(1),
  execution_date: date,
  split_from: marketNumber,
  split_to: marketNumber,
});

const dividend = z.object({
  id: z.string().min(1),
  ticker: z.string().min(1),
  ex_dividend_date: date,
  cash_amount: marketNumber,
  currency: z.string().nullish(),
  declaration_date: date.nullish(),
  record_date: date.nullish(),
  pay_date: date.nullish(),
  dividend_type: z.string().nullish(),
  frequency: marketNumber.optional(),
});

/** An action as it came, in the contract's column names. */
type ActionRow = SourceRow & { readonly action_id: string };

/** What tells splits from dividends. */
interface Kind {
  readonly resource: string;
  /** The parameter that bounds and sorts an answer by the day on which an action takes effect. */
  readonly dateParameter: string;
  readonly reach: Reach;
  readonly row: z.ZodType<ActionRow>;
}

const splits: Kind = {
  resource: 'splits',
  dateParameter: 'execution_date',
  reach: { mostDays: null, overlapDays: 35, wholeEveryDays: 30 },
  row: split.transform(({ id, ticker, ...rest }) => ({ action_id: id, symbol: ticker, ...rest })),
};

/** There are tens of thousands a year, funds included: their history is asked for once, and two years of it at most. */
const dividends: Kind = {
  resource: 'dividends',
  dateParameter: 'ex_dividend_date',
  reach: { mostDays: 730, overlapDays: 7, wholeEveryDays: null },
  row: dividend.transform(({ id, ticker, ...rest }) => ({
    action_id: id,
    symbol: ticker,
    ex_dividend_date: rest.ex_dividend_date,
    cash_amount: rest.cash_amount,
    currency: rest.currency ?? null,
    dividend_type: rest.dividend_type ?? null,
    frequency: rest.frequency ?? null,
    declaration_date: rest.declaration_date ?? null,
    record_date: rest.record_date ?? null,
    pay_date: rest.pay_date ?? null,
  })),
};

/** Splits, by the day on which they take effect. */
export function splitsResource(send: Resource['send']): Resource {
  return actionsResource(splits, send);
}

/** Dividends, by the first day on which a buyer does not get them. */
export function dividendsResource(send: Resource['send']): Resource {
  return actionsResource(dividends, send);
}

function actionsResource(kind: Kind, send: Resource['send']): Resource {
  const what = `an answer of massive ${kind.resource}`;
  const path = `/v3/reference/${kind.resource}`;
  const envelope = z.object({
    status: z.string(),
    results: listOf(kind.row).nullish(),
    next_url: z.string().min(1).nullish(),
  });
  const pageOf = rememberPages((body) => {
    const page = readJson(body, envelope, what);
    if (!massiveSuccesses.has(page.status)) throw bodyRefusal(body, what);
    return { rows: page.results ?? [], nextUrl: page.next_url ?? undefined };
  });
  const rowsOf = (pages: readonly RawPage[], ask: Ask): ActionRow[] =>
    onceEach(pages.flatMap(({ body }) => pageOf(body, ask).rows));
  return {
    coverage: {
      maxRangeDays: null,
      rangeEndsToday: true,
      groupOf: () => null,
      isSnapshot: true,
      reach: kind.reach,
    },
    firstPage: (ask) => firstPage(kind, path, ask),
    send,
    readPage: ({ body }, ask) => {
      const { rows, nextUrl } = pageOf(body, ask);
      if (nextUrl === undefined) return { rowCount: rows.length };
      return { rowCount: rows.length, next: { target: nextTargetOf(nextUrl, body, path, what) } };
    },
    membersOf: (pages, ask) => ({
      ids: rowsOf(pages, ask).length === 0 ? [] : [wholeMarket],
      repeated: [],
    }),
    rowsOfCell: (pages, ask, cell) => {
      const { date: day, since = null } = snapshotAsk(kind, ask);
      if (cell.date !== day || cell.ticker !== wholeMarket) return [];
      return rowsOf(pages, ask).map((row) => ({ ...row, asked_since: since }));
    },
  };
}

/** One that is added between two requests moves the others on, so that one of them comes twice. */
function onceEach(rows: readonly ActionRow[]): ActionRow[] {
  const byId = new Map<string, ActionRow>();
  for (const row of rows) if (!byId.has(row.action_id)) byId.set(row.action_id, row);
  return [...byId.values()];
}

function firstPage(kind: Kind, path: string, ask: Ask): PageRequest {
  const { since } = snapshotAsk(kind, ask);
  if (since === undefined || !isPartitionDate(since))
    throw cannotAsk(name, `no ${kind.resource} since "${since ?? ''}"`, 'Ask from a date on.');
  const by = kind.dateParameter;
  return { target: `${path}?${by}.gte=${since}&sort=${by}&order=asc&limit=${pageLimit}` };
}

function snapshotAsk({ resource }: Kind, ask: Ask): SnapshotAsk {
  if (ask.kind === 'snapshot') return ask;
  throw cannotAsk(name, `${resource} are asked for as a snapshot`, 'Configure them under snapshots.');
}
