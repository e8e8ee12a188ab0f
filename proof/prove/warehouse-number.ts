import { DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import type { DatasetId, PartitionDate } from '../../workflows/pure/cell.ts';

const priceRow = z.object({
  dataset: z.string(),
  close: z.number(),
  currency: z.string().nullable(),
  price_status: z.string(),
  observed_date: z.string(),
  batch_id: z.string(),
});

/** One close as the warehouse has it. */
export interface WarehouseNumber {
  readonly dataset: DatasetId;
  readonly close: number;
  readonly currency: string | null;
  /** The day whose close it is: an earlier one where it is carried forward. */
  readonly observedDate: PartitionDate;
  readonly isCarried: boolean;
  readonly batchId: string;
}

/** Reads the close of a ticker on a day; undefined where the warehouse has none. */
export async function readWarehouseNumber(
  warehousePath: string,
  ticker: string,
  date: PartitionDate,
): Promise<WarehouseNumber | undefined> {
  const instance = await DuckDBInstance.create(warehousePath, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `select dataset, close, currency, price_status, observed_date::varchar as observed_date, batch_id
      from marts.fct_daily_prices where ticker = $ticker and price_date = $date::date`,
      { ticker, date },
    );
    const [row] = z.array(priceRow).parse(reader.getRowObjectsJson());
    return row && numberOf(row);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function numberOf(row: z.infer<typeof priceRow>): WarehouseNumber {
  return {
    dataset: row.dataset,
    close: row.close,
    currency: row.currency,
    observedDate: row.observed_date,
    isCarried: row.price_status === 'IMPUTED',
    batchId: row.batch_id,
  };
}
