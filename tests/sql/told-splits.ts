import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cellSegments } from '../../lake/layout.ts';
import type { AssetRow } from '../../warehouse/build.ts';
import type { TinyLake } from '../warehouse/tiny-lake.ts';

/** A split as an answer tells it: `AAPL` splits one share into four. */
export interface ToldSplit {
  readonly symbol: string;
  readonly on: string;
  readonly from: number | null;
  readonly to: number | null;
}

const wholeMarket: AssetRow = {
  ...{ ticker: 'us-stocks', class: 'stock', calendar: 'every-day', currency: null },
  ...{ dataset: 'massive.splits', symbol: 'us-stocks' },
};

/** Publishes what was told of splits on a day, by an answer that reaches back to a date. */
export async function tellSplits(
  lake: TinyLake,
  learnedOn: string,
  since: string,
  splits: readonly ToldSplit[],
): Promise<void> {
  const { dataset, ticker } = wholeMarket;
  const file = join(
    lake.folder,
    'bronze',
    cellSegments({ dataset, ticker, date: learnedOn }),
    'data.parquet',
  );
  await mkdir(dirname(file), { recursive: true });
  const rows = splits.map(
    ({ symbol, on, from, to }, place) =>
      `('split-${place}', '${symbol}', date '${on}', ${from}::double, ${to}::double)`,
  );
  lake.add({ asset: wholeMarket, date: learnedOn, hasFile: false });
  lake.index(`copy (
    select 'massive' as source_id, 'splits' as resource_id, '${ticker}' as ticker_id, date '${learnedOn}' as bar_date,
        told.*, date '${since}' as asked_since, 'batch-${ticker}' as __batch_id, 'massive' as __source_name,
        timestamptz '${learnedOn} 23:00:00+00' as __ingested_at, '1.0.0' as __schema_version
    from (values ${rows.join(', ')}) as told (action_id, symbol, execution_date, split_from, split_to)
  ) to '${file}' (format parquet)`);
}
