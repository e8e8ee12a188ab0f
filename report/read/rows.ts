import { z } from 'zod';

/** What the page reads from the warehouse, one schema a kind of row. Dates and instants come as text. */

const count = z.coerce.number();
const text = z.string().nullable();
const number = z.number().nullable();

/** The build that made the warehouse. */
export const buildRow = z.object({
  fingerprint: z.string(),
  run: z.string(),
  market: z.string(),
  published_cells: count,
  last_recorded_at: text,
  built_at: z.string(),
});

/** One configured asset with its last price; the price is null where nothing was published. */
export const assetRow = z.object({
  ticker: z.string(),
  class: z.string(),
  dataset: z.string(),
  source: z.string(),
  symbol: z.string(),
  calendar: z.string(),
  currency: text,
  /** A warehouse that was built before fixings were told has none. */
  fixing: text.default(null),
  observed_days: count,
  open_days: count,
  missing_open_days: count,
  coverage: number,
  first_date: text,
  last_date: text,
  close: number,
  day_return: number,
  previous_date: text,
});

/** The periods of the performance summary, shortest first. */
export const periods = ['7D', '1M', '3M', '6M', 'YTD', '1Y'] as const;

/** One asset's return over one period. */
export const performanceRow = z.object({
  ticker: z.string(),
  period: z.enum(periods),
  unit: z.string(),
  period_start: z.string(),
  period_end: z.string(),
  start_date: z.string(),
  start_close: z.number(),
  end_date: z.string(),
  end_close: z.number(),
  return_pct: number,
  vs_btc_pct: number,
  beats_btc: z.boolean().nullable(),
});

/** One event in which closes of an asset were restated. */
export const restatementRow = z.object({
  ticker: z.string(),
  event_id: z.string(),
  cells: count,
  firstDate: z.string(),
  lastDate: z.string(),
  changePct: number,
  split: text,
});

/** Where one number came from: the publication of one cell. */
export const lineageRow = z.object({
  ticker: z.string(),
  price_date: z.string(),
  dataset: z.string(),
  publication_number: count,
  published_at: text,
  run: text,
  workflow_id: text,
  workflow_run_id: text,
  batch_id: text,
  sha256: text,
  contract_version: text,
  fetched_at: text,
});

/** The measures of risk of one asset in one window. */
export const volatilityRow = z.object({
  ticker: z.string(),
  window_days: count,
  n: count,
  first_date: text,
  last_date: text,
  volatility_252_pct: number,
  volatility_own_pct: number,
  max_drawdown_pct: number,
  sharpe: number,
  sortino: number,
});

/** How an investment of one strategy stands on the last day of the data. */
export const investmentRow = z.object({
  ticker: z.string(),
  strategy: z.string(),
  price_date: z.string(),
  period_start: z.string(),
  invested: z.number(),
  value: z.number(),
  return_pct: number,
});

/** One month of one ticker in the grid: a character for each day of the month, a space where there is no cell. */
export const monthRow = z.object({ ticker: z.string(), month: z.string(), glyphs: z.string() });

/** One cell of the grid with all that is said of it. */
export const cellRow = z.object({
  ticker: z.string(),
  dataset: z.string(),
  price_date: z.string(),
  state: z.enum(['published', 'closed', 'waiting', 'running', 'refused', 'failed', 'skipped', 'missing']),
  reason: text,
  code: text,
  run: text,
  workflow_id: text,
  recorded_at: text,
  is_restated: z.boolean().nullable(),
  is_accepted: z.boolean().nullable(),
  accepted_until: text,
});

/** How many cells are in a state. */
export const stateCountRow = z.object({ state: z.string(), cells: count, restated: count, accepted: count });

/** How many audits ended in one way. */
export const auditCountRow = z.object({ outcome: z.string(), audits: count });

/** One rule that failed, over all audits. */
export const failedRuleRow = z.object({
  dataset: z.string(),
  rule: z.string(),
  severity: z.string(),
  audits: count,
  last_date: z.string(),
  example: text,
});

/** One gap in an asset's observations. */
export const gapRow = z.object({
  ticker: z.string(),
  first_missing_date: z.string(),
  last_missing_date: z.string(),
  missing_open_days: count,
  severity: z.string(),
});

/** How many prices of one ticker come from one source after its first. */
export const fallbackRow = z.object({
  ticker: z.string(),
  dataset: z.string(),
  days: count,
  first_date: z.string(),
  last_date: z.string(),
});

/** How far two datasets disagree about one ticker. */
export const conflictRow = z.object({
  ticker: z.string(),
  chosen_dataset: z.string(),
  other_dataset: z.string(),
  chosen_fixing: text,
  other_fixing: text,
  days: count,
  differing_days: count,
  /** Days on which they differ by more than their contracts tolerate. */
  intolerable_days: count,
  tolerance_pct: z.number(),
  largest_pct: number,
  largest_date: text,
});

/** What one dataset gave. */
export const sourceRow = z.object({
  dataset: z.string(),
  tickers: z.string(),
  cells: count,
  batches: count,
  contract_versions: z.string(),
  first_fetched_at: text,
  last_fetched_at: text,
});

/** One execution of a run. */
export const runRow = z.object({
  run: z.string(),
  workflow_run_id: text,
  status: z.string(),
  started_at: text,
  ended_at: text,
});
