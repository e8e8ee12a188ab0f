import { z } from 'zod';
import { seedYears } from '../calendars/seeds/seed-years.ts';
import {
  addDays,
  datesBetween,
  midnightUtcMs,
  splitDataset,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { Engine } from './engine.ts';
import type { WarehouseInputs } from './inputs.ts';

/** Days before the first and after the last year, so that each day's ISO week is there whole. */
const paddingDays = 7;
const dayMs = 86_400_000;

const span = z.object({ first: z.string(), last: z.string() });

/** Fills `lake.assets`, `lake.days` and `lake.dates` from the arguments (and the dates of the cells). */
export async function fillLakeTables(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  await fillAssets(engine, inputs);
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

async function fillDays(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  function* rows(): Iterable<(string | null)[]> {
    for (const day of inputs.days) yield [day.ticker, day.date, String(day.is_open), day.note];
  }
  await engine.fill('lake', 'days_as_text', ['ticker', 'date', 'is_open', 'note'], rows());
  await engine.run(`create table lake.main.days as
    select ticker, cast(date as date) as date, cast(is_open as boolean) as is_open, note from lake.days_as_text`);
  await engine.run('drop table lake.main.days_as_text');
}

/** Writes the years of the seeds, and beyond them those in which the lake has days or cells. */
async function fillDates(engine: Engine): Promise<void> {
  const [found] = await engine.rows(
    span,
    `select min(date)::varchar as first, max(date)::varchar as last
    from (select date from lake.days union all select date from lake.cells
        union all values (date '${seedYears.first}'), (date '${seedYears.last}'))`,
  );
  const { first, last } = found ?? seedYears;
  const rows = wholeYears(first, last);
  await engine.fill('lake', 'dates_as_text', ['date', 'day_number', 'day_of_year', 'is_padding'], rows);
  await engine.run(`create table lake.main.dates as
    select cast(date as date) as date, cast(day_number as integer) as day_number,
        cast(day_of_year as integer) as day_of_year, cast(is_padding as boolean) as is_padding
    from lake.dates_as_text`);
  await engine.run('drop table lake.main.dates_as_text');
}

/** Lists the days of the years that a span touches, with a week of padding at both ends. */
function wholeYears(first: PartitionDate, last: PartitionDate): string[][] {
  const from = `${first.slice(0, 4)}-01-01`;
  const to = `${last.slice(0, 4)}-12-31`;
  return datesBetween(addDays(from, -paddingDays), addDays(to, paddingDays)).map((date) => {
    const dayNumber = midnightUtcMs(date) / dayMs;
    const dayOfYear = dayNumber - midnightUtcMs(`${date.slice(0, 4)}-01-01`) / dayMs + 1;
    return [date, String(dayNumber), String(dayOfYear), String(date < from || date > to)];
  });
}
