import { setTimeout as pause } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import type { ConnectedLake } from '../client/command/lake-client.ts';
import { askWarehouse } from '../tests/support/lake-view.ts';

/** What a reader saw of the warehouse. */
export interface WarehouseSight {
  readonly laps: number;
  /** What no reader should ever see, in sentences. */
  readonly complaints: readonly string[];
}

const betweenLapsMs = 250;

/** True of every warehouse that was built to its end: its last model is there, and no price is without its day. */
const question = `select
    (select count(*) from metadata.build)::integer as builds,
    (select count(*) from marts.rpt_performance_summary)::integer as summary_rows,
    (select count(*) from marts.fct_daily_prices)::integer as prices,
    (select count(*) from marts.fct_daily_prices semi join marts.dim_dates on price_date = calendar_date)::integer as dated,
    (select count(*) from marts.fct_daily_prices where close <= 0 or close is null)::integer as wrong`;

/** Opens the warehouse over and over, as an analyst would who does not know that a run is on. */
export function watchWarehouse(lake: ConnectedLake): { stop(): Promise<WarehouseSight> } {
  const sight = { laps: 0, complaints: [] as string[] };
  let isStopping = false;
  const reading = (async () => {
    for (; !isStopping; await pause(betweenLapsMs)) {
      if (!existsSync(lake.store.pathOf('warehouse.duckdb'))) continue;
      const complaint = await complaintOf(lake);
      if (complaint !== undefined) sight.complaints.push(`the warehouse: ${complaint}`);
      sight.laps += 1;
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      await reading;
      return sight;
    },
  };
}

async function complaintOf(lake: ConnectedLake): Promise<string | undefined> {
  try {
    const [row] = await askWarehouse(lake, question);
    const isWhole =
      row !== undefined &&
      Number(row['builds']) > 0 &&
      // Built where nothing is published yet, it is whole and empty.
      (Number(row['summary_rows']) > 0 || row['prices'] === 0) &&
      row['dated'] === row['prices'] &&
      row['wrong'] === 0;
    return isWhole ? undefined : `it holds ${JSON.stringify(row)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
