import { Context } from '@temporalio/activity';
import { rm } from 'node:fs/promises';
import { pendingKey } from '../lake/local-store.ts';
import { buildWarehouse } from '../warehouse/build.ts';
import type { WarehouseInputs } from '../warehouse/inputs.ts';
import { datesBetween, type PartitionDate } from '../workflows/pure/cell.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';

const heartbeatMs = 2_000;

/** What a rebuild did. `unchanged`: nothing that the warehouse shows has changed since the last one. */
export interface Modelled {
  readonly outcome: 'built' | 'unchanged';
  readonly modelCount: number;
  readonly testCount: number;
}

/** Rebuilds the warehouse from what is published, and swaps it in whole once its SQL tests pass. */
export async function model(deps: ActivityDeps, context: RunContext): Promise<Modelled> {
  const activity = Context.current();
  const beat = setInterval(() => activity.heartbeat(), heartbeatMs);
  const indexPath = deps.store.pathOf(pendingKey());
  try {
    await deps.index.copyTo(indexPath);
    const inputs = await warehouseInputs(deps, context, indexPath, activity.cancellationSignal);
    const built = await buildWarehouse(inputs);
    return { outcome: built.outcome, modelCount: built.models.length, testCount: built.tests.length };
  } finally {
    clearInterval(beat);
    await rm(indexPath, { force: true });
  }
}

async function warehouseInputs(
  deps: ActivityDeps,
  context: RunContext,
  indexPath: string,
  signal: AbortSignal,
): Promise<WarehouseInputs> {
  return {
    warehousePath: deps.store.pathOf('warehouse.duckdb'),
    sqlFolder: deps.sqlFolder,
    indexPath,
    bronzeFolder: deps.store.pathOf('bronze'),
    datasets: [...deps.contracts.values()].map((contract) => ({
      id: contract.dataset,
      columns: contract.columns.map(({ name, physicalType }) => ({ name, physicalType })),
    })),
    assets: deps.assets.map(assetRow),
    days: await dayRows(deps),
    market: deps.lake.market,
    builtBy: context.run,
    now: deps.now(),
    signal,
  };
}

function assetRow(asset: ActivityDeps['assets'][number]): WarehouseInputs['assets'][number] {
  const first = asset.sources[0];
  if (!first) throw new RangeError(`${asset.ticker} has no source in marketlake.yaml`);
  return {
    ticker: asset.ticker,
    class: asset.class,
    calendar: asset.calendar,
    dataset: first.dataset,
    symbol: first.symbol,
    currency: asset.currency,
  };
}

/** Every asset's calendar over the days the lake knows. */
async function dayRows(deps: ActivityDeps): Promise<WarehouseInputs['days']> {
  const span = await deps.index.rows(
    'select min(date)::varchar as first, max(date)::varchar as last from cells',
  );
  const { first, last } = span[0] as { first: PartitionDate | null; last: PartitionDate | null };
  if (first === null || last === null) return [];
  const dates = datesBetween(first, last);
  return (await deps.plannedAssets()).flatMap(({ ticker, calendar }) =>
    dates.map((date) => {
      const day = calendar.day(date);
      return { ticker, date, is_open: day.isOpen, note: day.note ?? null };
    }),
  );
}
