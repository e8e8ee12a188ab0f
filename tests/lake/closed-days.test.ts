import { readFile, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { recordClosedDays, type ClosedCell } from '../../lake/closed-days.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { closedRecordsFolder, recordFile } from '../../lake/layout.ts';
import { appendCellRecord } from '../../lake/records.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import { facts, openStore, stockCell, temporaryFolders } from './support/lake.ts';

const folder = temporaryFolders();
const about = (run: string, recordedAt: string): Parameters<typeof recordClosedDays>[1] => ({
  run,
  workflowRunId: 'w',
  recordedAt,
});
const closed = (ticker: string, date: string, reason = 'weekend'): ClosedCell => ({
  ...stockCell(ticker),
  date,
  reason,
});
const cellsSql = `select ticker, date::varchar as date, state, number, run, reason from cells order by all`;

it('closed days of many cells are one file, and in the index a record 0 of each cell', async () => {
  const store = openStore(folder());
  await recordClosedDays(store, about('daily/a', '2026-01-06T00:00:00Z'), [
    closed('A', '2026-01-03'),
    closed("it's", '2026-01-03'),
    closed('A', '2026-01-01', "New Year's Day"),
  ]);
  expect(await store.list('records')).toEqual([recordFile(closedRecordsFolder('daily/a'), 1)]);
  const expected = [
    ['A', '2026-01-01', 'closed', 0, 'daily/a', "New Year's Day"],
    ['A', '2026-01-03', 'closed', 0, 'daily/a', 'weekend'],
    ["it's", '2026-01-03', 'closed', 0, 'daily/a', 'weekend'],
  ];
  const index = new LakeIndex(store);
  expect((await index.rows(cellsSql)).map((row) => Object.values(row))).toEqual(expected);
  await rm(store.pathOf('index.duckdb'));
  expect((await index.rows(cellsSql)).map((row) => Object.values(row))).toEqual(expected);
});

it('what is recorded of the cell itself stands above it, and a second plan that says the same adds no row', async () => {
  const store = openStore(folder());
  const index = new LakeIndex(store);
  const cell = { ...stockCell('A'), date: '2026-01-03' };
  await recordClosedDays(store, about('daily/a', '2026-01-06T00:00:00Z'), [closed('A', cell.date)]);
  await index.rows(cellsSql);
  await recordClosedDays(store, about('daily/b', '2026-01-07T00:00:00Z'), [closed('A', cell.date)]);
  expect(await index.rows(`select run from cell_records`)).toEqual([{ run: 'daily/a' }]);
  await appendCellRecord(store, cell, { ...facts, event: 'refused' });
  expect(await index.rows(cellsSql)).toMatchObject([{ ticker: 'A', state: 'refused', number: 1 }]);
});

it('tickers of one calendar share its dates: the record of a hundred is hardly longer than that of one', async () => {
  const store = openStore(folder());
  const dates = datesBetween('2020-01-01', '2026-01-01');
  const tickers = Array.from({ length: 100 }, (_, place) => `T${place}`);
  const cells = tickers.flatMap((ticker) => dates.map((date) => closed(ticker, date)));
  await recordClosedDays(store, about('backfill/x', '2026-01-06T00:00:00Z'), cells);
  const bytes = await readFile(store.pathOf(recordFile(closedRecordsFolder('backfill/x'), 1)));
  expect(bytes.byteLength).toBeLessThan(dates.length * 14 + 2_000);
  const counted = await new LakeIndex(store).rows(`select count(*)::integer as cells from cells`);
  expect(counted).toEqual([{ cells: dates.length * 100 }]);
});

it('a plan that found no closed day records nothing', async () => {
  const store = openStore(folder());
  await recordClosedDays(store, about('daily/a', '2026-01-06T00:00:00Z'), []);
  expect(await store.list('records')).toEqual([]);
});
