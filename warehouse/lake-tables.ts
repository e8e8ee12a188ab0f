import { seedYears } from '../calendars/seeds/seed-years.ts';
import type { Fixing } from '../contracts/contract.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { Engine } from './engine.ts';
import type { DatasetOfBuild, WarehouseInputs } from './inputs.ts';

/** Days before the first and after the last year, so that each day's ISO week is there whole. */
const paddingDays = 7;

/** Fills `lake.assets`, `lake.asset_sources`, `lake.datasets`, `lake.fixings`, `lake.days` and `lake.dates` from the arguments (and the dates of the cells). */
export async function fillLakeTables(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  await fillAssets(engine, inputs);
  await fillAssetSources(engine, inputs);
  await fillDatasets(engine, inputs);
  await fillFixings(engine, inputs);
  await fillDays(engine, inputs);
  await fillDates(engine);
}

async function fillAssets(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  const columns = ['ticker', 'class', 'calendar', 'dataset', 'source', 'resource', 'symbol', 'currency'];
  const rows = inputs.assets.map((asset) => {
    const { source, resource } = splitDataset(asset.dataset);
    return [
      asset.ticker,
      asset.class,
      asset.calendar,
      asset.dataset,
      source,
      resource,
      asset.symbol,
      asset.currency,
    ];
  });
  await engine.fill('lake', 'assets', columns, rows);
}

/** Every dataset that an asset is configured with, in its order: place 1 is the first. */
async function fillAssetSources(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  const columns = ['ticker', 'dataset', 'source', 'resource', 'symbol', 'place'];
  const rows = inputs.assets.flatMap(({ ticker, dataset, symbol, fallbacks = [] }) =>
    [{ dataset, symbol }, ...fallbacks].map((each, index) => {
      const { source, resource } = splitDataset(each.dataset);
      return [ticker, each.dataset, source, resource, each.symbol, String(index + 1)];
    }),
  );
  await engine.fill('lake', 'asset_sources', columns, rows);
  await engine.run('alter table lake.main.asset_sources alter place type integer');
}

async function fillDatasets(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  const columns = [
    'dataset',
    'source',
    'resource',
    'contract_version',
    'price_tolerance_pct',
    'fixing',
    'price_unit',
  ];
  const rows = inputs.datasets.map((dataset) => {
    const { source, resource } = splitDataset(dataset.id);
    const { id, version, priceTolerancePct, fixing } = dataset;
    return [
      id,
      source,
      resource,
      version,
      String(priceTolerancePct),
      fixingWords(fixing),
      priceUnitOf(dataset),
    ];
  });
  await engine.fill('lake', 'datasets', columns, rows);
  await engine.run('alter table lake.main.datasets alter price_tolerance_pct type double');
}

/** Says a fixing in one line: those of several classes one after the other. */
function fixingWords(fixing: Fixing | null): string | null {
  if (fixing === null || typeof fixing === 'string') return fixing;
  return Object.entries(fixing)
    .map(([kind, words]) => `${kind}: ${words}`)
    .join('; ');
}

function priceUnitOf({ columns }: DatasetOfBuild): string | null {
  return columns.find(({ name }) => name === 'close' || name === 'price')?.unit ?? null;
}

/** One row for each asset and dataset of which it is known when that dataset's prices of that asset are fixed. */
async function fillFixings(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  const rows = inputs.assets.flatMap((asset) =>
    inputs.datasets.flatMap(({ id, fixing }) => {
      const ofContract = typeof fixing === 'string' ? fixing : fixing?.[asset.class];
      const words = asset.fixings?.[id] ?? ofContract;
      return words === undefined ? [] : [[asset.ticker, id, words]];
    }),
  );
  await engine.fill('lake', 'fixings', ['ticker', 'dataset', 'fixing'], rows);
}

async function fillDays(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  function* rows(): Iterable<(string | null)[]> {
    for (const day of inputs.days) yield [day.ticker, day.date, String(day.is_open), day.note];
  }
  await engine.fill('lake', 'days_as_text', ['ticker', 'date', 'is_open', 'note'], rows());
  await engine.run(`create table lake.main.days as
    select ticker, cast(date as date) as date, cast(is_open as boolean) as is_open, note from lake.days_as_text`);
  await engine.run('drop table lake.main.days_as_text');
}

/** Writes whole years: those of the seeds, and those beyond in which the lake has days or cells. */
async function fillDates(engine: Engine): Promise<void> {
  await engine.run(`create table lake.main.dates as
    with known as (
        select date from lake.days union all select date from lake.cells
        union all values (date '${seedYears.first}'), (date '${seedYears.last}')
    ),
    span as (
        select date_trunc('year', min(date))::date as first, (date_trunc('year', max(date)) + interval 1 year)::date as after_last
        from known
    )
    select cast(day as date) as date, cast(cast(day as date) - date '1970-01-01' as integer) as day_number,
        cast(dayofyear(day) as integer) as day_of_year, day < first or day >= after_last as is_padding
    from span, range(first - ${paddingDays}, after_last + ${paddingDays}, interval 1 day) as t (day)`);
}
