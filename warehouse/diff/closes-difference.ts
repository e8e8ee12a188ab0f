import { z } from 'zod';
import type { Engine } from '../engine.ts';
import type { TableColumns } from './columns.ts';
import type { ClosesDifference } from './difference.ts';

const prices = 'marts.fct_daily_prices';
const needed = ['ticker', 'price_date', 'close', 'price_status'];

const closesRow = z.object({
  added: z.coerce.number(),
  removed: z.coerce.number(),
  changed: z.coerce.number(),
  tickers: z.coerce.number(),
  largest: z.number().nullable(),
  readjusted: z.coerce.number(),
});

/** Compares the observed closes of two attached warehouses; null where one has none to compare. */
export async function closesDifference(
  engine: Engine,
  before: ReadonlyMap<string, TableColumns>,
  after: ReadonlyMap<string, TableColumns>,
): Promise<ClosesDifference | null> {
  const has = (columns: readonly string[]): boolean =>
    [before, after].every((models) => columns.every((column) => models.get(prices)?.has(column)));
  if (!has(needed)) return null;
  const [row] = await engine.rows(
    closesRow,
    sqlOf(has(['close_split_adjusted']) ? 'close_split_adjusted' : 'close'),
  );
  if (!row) return null;
  const { tickers, largest, readjusted, ...counts } = row;
  return {
    ...{ ...counts, tickersChanged: tickers, largestPct: largest },
    ...(readjusted > 0 ? { readjusted } : {}),
  };
}

const observed = (catalog: string, adjusted: string): string =>
  `(select ticker, price_date, close, ${adjusted} as adjusted from ${catalog}.${prices} where price_status = 'OBSERVED')`;

/** A warehouse of before there were adjusted closes is compared by its closes alone. */
const sqlOf = (adjusted: string): string => `with compared as (
    select
        new.ticker,
        old.close is null as is_added,
        new.close is null as is_removed,
        old.close is not null and new.close is not null and old.close <> new.close as is_changed,
        old.close = new.close and old.adjusted <> new.adjusted as is_readjusted,
        100 * abs(new.close / nullif(old.close, 0) - 1) as change_pct
    from ${observed('before', adjusted)} as old
    full join ${observed('after', adjusted)} as new on old.ticker = new.ticker and old.price_date = new.price_date
)
select
    count(*) filter (where is_added)::varchar as added,
    count(*) filter (where is_removed)::varchar as removed,
    count(*) filter (where is_changed)::varchar as changed,
    (count(distinct ticker) filter (where is_changed))::varchar as tickers,
    max(change_pct) filter (where is_changed) as largest,
    count(*) filter (where is_readjusted)::varchar as readjusted
from compared`;
