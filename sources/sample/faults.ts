import { z } from 'zod';
import { isPartitionDate } from '../../workflows/pure/cell.ts';
import { isSampleSource } from './apis.ts';

const date = z.string().refine(isPartitionDate, 'a date, YYYY-MM-DD');

const match = z.strictObject({
  // Known when a fault is ordered, not when this is read: the APIs use these words themselves.
  source: z.string().refine(isSampleSource, 'an API of the sample market').optional(),
  /** A piece of the path or query, as sent or decoded. */
  pathIncludes: z.string().min(1).optional(),
});

const common = {
  /** Which requests it may befall; left out: all of them. */
  match: match.optional(),
  /** How many answers it spoils; null: all, until it is cleared. */
  times: z.number().int().positive().nullable().default(1),
};

/** What a `patch-bar` fault does to the bar of one day. */
export const barChangeSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('set'),
    field: z.enum(['open', 'high', 'low', 'close', 'volume']).default('close'),
    /** 0, a negative number, null, or a text such as "NaN". */
    value: z.union([z.number(), z.string(), z.null()]),
  }),
  /** Swaps high and low. */
  z.strictObject({ op: z.literal('cross') }),
  z.strictObject({ op: z.literal('duplicate') }),
  z.strictObject({ op: z.literal('drop') }),
  /** Multiplies every price of the bar: a restatement. */
  z.strictObject({ op: z.literal('multiply'), factor: z.number() }),
]);

/** What the market can be told to do wrong. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    body: z.enum(['json', 'text', 'html', 'empty']).default('json'),
    /** Sent as `Retry-After`; left out: no such header. */
    retryAfterSeconds: z.number().int().min(0).optional(),
  }),
  /** `connection`: fewer bytes than Content-Length says. `json`: whole HTTP, half the JSON. */
  z.strictObject({
    ...common,
    kind: z.literal('truncated'),
    cut: z.enum(['connection', 'json']).default('connection'),
  }),
  /** 200 with a web page. */
  z.strictObject({ ...common, kind: z.literal('html') }),
  /** 200 with JSON of another shape. */
  z.strictObject({ ...common, kind: z.literal('wrong-shape') }),
  /** The right answer, its first byte late. */
  z.strictObject({ ...common, kind: z.literal('slow'), delayMs: z.number().int().min(0).max(600_000) }),
  /** The connection is dropped without an answer. */
  z.strictObject({ ...common, kind: z.literal('reset') }),
  z.strictObject({
    ...common,
    kind: z.literal('not-authorized'),
    reason: z.enum(['timeframe', 'entitled', 'today']).default('timeframe'),
  }),
  /** A lie about one day of one asset, wherever that day is told. */
  z.strictObject({
    ...common,
    kind: z.literal('patch-bar'),
    /** As the market's book lists it, whatever an API calls it: `AAPL`, `C:EURUSD`, `bitcoin`. */
    symbol: z.string().min(1),
    /** The trading day whose bar it is; for a coin the day before its midnight point, or the running day of a snapshot. */
    date,
    change: barChangeSchema,
  }),
  /** Every bar before a day told with its prices times a factor, and its volume over it: a history that was rewritten. */
  z.strictObject({
    ...common,
    kind: z.literal('rescale'),
    symbol: z.string().min(1),
    before: date,
    factor: z.number().positive(),
  }),
  /** Answers only the newest days of a range, and says nothing of it. */
  z.strictObject({ ...common, kind: z.literal('clip'), days: z.number().int().positive() }),
  /**
   * A ranking that moved since the page before was told: the last `places` of that page and the first of this one
   * have changed places, so that who reads both has some coins twice and others not at all. Befalls no first page.
   */
  z.strictObject({
    ...common,
    kind: z.literal('reshuffle'),
    places: z.number().int().positive().default(1),
  }),
  z.strictObject({ ...common, kind: z.literal('results-null') }),
  z.strictObject({ ...common, kind: z.literal('results-empty') }),
  /** A good answer that calls itself delayed. */
  z.strictObject({ ...common, kind: z.literal('delayed') }),
  z.strictObject({ ...common, kind: z.literal('request-id-integer') }),
]);

/** A fault as it is ordered: defaults may be left out. */
export type Fault = z.input<typeof faultSchema>;

/** A fault with its defaults filled in. */
export type OrderedFault = z.output<typeof faultSchema>;

/** The name of a kind of fault. */
export type FaultKind = OrderedFault['kind'];

/** The change a `patch-bar` fault makes. */
export type BarChange = z.output<typeof barChangeSchema>;

/** One kind of fault. */
export type FaultOf<Kind extends FaultKind> = Extract<OrderedFault, { kind: Kind }>;

/** The faults that change only the body of a good answer. */
export const bodyFaultKinds = ['results-null', 'results-empty', 'delayed', 'request-id-integer'] as const;

/** The name of a fault of the body. */
export type BodyFaultKind = (typeof bodyFaultKinds)[number];

/** Why an API says that a plan does not reach something. */
export type NotAuthorizedReason = FaultOf<'not-authorized'>['reason'];
