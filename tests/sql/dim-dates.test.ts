import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calendarByName, type Day } from '../../calendars/index.ts';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { assets, everyDay, sqlFolder, TinyLake } from '../warehouse/tiny-lake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string, more: Partial<WarehouseInputs> = {}): Promise<unknown[][]> =>
  lake.built(sql, { assets: [assets.BTC], ...more });

const on = (columns: string, ...dates: string[]): string =>
  `select calendar_date, ${columns} from marts.dim_dates
  where calendar_date in (${dates.map((date) => `'${date}'`).join(', ')}) order by calendar_date`;

describe('the days of dim_dates', () => {
  const span = `select count(*) as days, min(calendar_date) as first, max(calendar_date) as last from marts.dim_dates`;

  test('reach from 1990 to 2035 even where the lake is empty', async () => {
    expect(await built(span, { assets: [] })).toEqual([['16801', '1990-01-01', '2035-12-31']]);
  });

  test('reach beyond in whole years where the lake does', async () => {
    lake.closes(assets.BTC, '2036-02-29', [1]);
    const days = everyDay('BTC', '1988-05-05', '1988-05-05');
    expect(await built(span, { days })).toEqual([['17898', '1988-01-01', '2036-12-31']]);
  });

  test('know the weeks at the turns of the years, and the leap day', async () => {
    const columns = 'iso_year, iso_week, iso_weekday, is_month_end, is_quarter_end, is_year_end';
    const turns = ['2020-12-31', '2021-01-01', '2021-01-03', '2021-01-04'];
    const ends = ['2024-02-28', '2024-02-29', '2024-12-30', '2024-12-31'];
    expect(await built(on(columns, ...turns, ...ends))).toEqual([
      ['2020-12-31', 2020, 53, 4, true, true, true],
      ['2021-01-01', 2020, 53, 5, false, false, false],
      ['2021-01-03', 2020, 53, 7, false, false, false],
      ['2021-01-04', 2021, 1, 1, false, false, false],
      ['2024-02-28', 2024, 9, 3, false, false, false],
      ['2024-02-29', 2024, 9, 4, true, false, false],
      ['2024-12-30', 2025, 1, 1, false, false, false],
      ['2024-12-31', 2025, 1, 2, true, true, true],
    ]);
  });

  test("agree with DuckDB's own calendar on every day of sixty years", async () => {
    const days = everyDay('BTC', '1975-06-15', '1975-06-15');
    const sql = `select count(*) as days,
      count(*) filter (where iso_weekday <> isodow(calendar_date) or iso_week <> weekofyear(calendar_date)
        or iso_year <> isoyear(calendar_date) or quarter <> quarter(calendar_date) or day_of_year <> dayofyear(calendar_date)
        or weekday_name <> dayname(calendar_date) or day_number <> calendar_date - date '1970-01-01'
        or is_month_end <> (last_day(calendar_date) = calendar_date)
        or quarter_start_date <> date_trunc('quarter', calendar_date)) as disagreements,
      min(calendar_date) as first, max(calendar_date) as last from marts.dim_dates`;
    expect(await built(sql, { days })).toEqual([['22280', '0', '1975-01-01', '2035-12-31']]);
  });
});

describe('holidays and sessions', () => {
  test('stand on their days, and null where there is none', async () => {
    const dates = ['2001-09-11', '2022-06-03', '2024-11-29', '2026-04-06', '2026-07-03', '2026-11-21'];
    const columns =
      'us_holiday, uk_holiday, eu_holiday, is_nyse_session, nyse_early_close, is_fx_day, is_target_day';
    expect(await built(on(columns, ...dates))).toEqual([
      ['2001-09-11', null, null, null, false, null, true, true],
      ['2022-06-03', null, "Queen's Platinum Jubilee", null, true, null, true, true],
      ['2024-11-29', null, null, null, true, '13:00', true, true],
      ['2026-04-06', null, 'Easter Monday', 'Easter Monday', true, null, true, false],
      ['2026-07-03', 'Independence Day (substitute day)', null, null, false, null, true, true],
      ['2026-11-21', null, null, null, false, null, false, false],
    ]);
  });

  test('are null where a calendar is not known: before its first day and after 2035', async () => {
    const days = [
      ...everyDay('BTC', '1989-06-01', '1989-06-01'),
      ...everyDay('BTC', '2036-06-01', '2036-06-01'),
    ];
    const dates = ['1989-12-29', '1990-01-02', '1998-12-31', '1999-01-04', '2035-12-31', '2036-01-02'];
    const columns = 'is_nyse_session, is_fx_day, is_target_day';
    expect(await built(on(columns, ...dates), { days })).toEqual([
      ['1989-12-29', null, true, null],
      ['1990-01-02', true, true, null],
      ['1998-12-31', true, true, null],
      ['1999-01-04', true, true, true],
      ['2035-12-31', true, true, true],
      ['2036-01-02', null, true, null],
    ]);
  });

  test('are what the calendars of the plan say, on every day', async () => {
    const rows =
      await built(`select calendar_date, is_nyse_session, nyse_early_close, is_fx_day, is_target_day
      from marts.dim_dates order by calendar_date`);
    const of = (name: 'nyse' | 'fx' | 'target', date: string): Day => calendarByName(name).day(date);
    const differing = rows.filter(([day, isSession, earlyClose, isFxDay, isTargetDay]) => {
      const date = String(day);
      const isSameTarget = date < '1999-01-01' || of('target', date).isOpen === isTargetDay;
      return !(
        of('nyse', date).isOpen === isSession &&
        (of('nyse', date).earlyClose ?? null) === earlyClose &&
        of('fx', date).isOpen === isFxDay &&
        isSameTarget
      );
    });
    expect(differing).toEqual([]);
    expect(rows).toHaveLength(16_801);
  });
});

describe('a mistake in dim_dates is noticed by the test that is there for it', () => {
  const last = 'select * from flagged';

  test.each([
    ['dim_dates_have_no_hole', last, `${last} where calendar_date <> date '2024-02-29'`],
    ['dim_dates_hold_every_seed', 'holidays.us_holiday,', 'cast(null as varchar) as us_holiday,'],
    ['dim_dates_hold_every_seed', 'cast(days.is_open as boolean) as is_open', 'true as is_open'],
    ['dim_dates_sessions_lie_on_weekdays', 'bounded.iso_weekday <= 5 as is_fx_day', 'true as is_fx_day'],
  ])('%s', async (name, from, to) => {
    const folder = join(lake.folder, 'sql');
    await cp(sqlFolder, folder, { recursive: true });
    const file = join(folder, 'marts/dim_dates.sql');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
    await lake.write();
    const error: unknown = await buildWarehouse(lake.inputs({ sqlFolder: folder })).catch(
      (reason: unknown) => reason,
    );
    const failures = error instanceof WarehouseError ? error.facts.failures : undefined;
    expect(failures?.map((failure) => failure.name)).toContain(name);
  });
});
