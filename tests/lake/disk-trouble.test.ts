import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeTable } from '../../client/export/write-table.ts';
import { isDiskTrouble } from '../../lake/disk-trouble.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { appendCellRecord } from '../../lake/records.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { mountDisk } from '../support/small-disk.ts';
import { model, writeSql } from '../warehouse/sql-folder.ts';
import { ask, TinyLake } from '../warehouse/tiny-lake.ts';
import { facts } from './support/lake.ts';

const disk = mountDisk('12m');
afterAll(() => disk?.remove());

/** Kilobytes that are left: from none to enough, so that each write is once the first that finds no room. */
const roomsKb = [0, 4, 16, 64, 256, 1_024, 5_000];

describe.skipIf(!disk)('on a full disk (skipped where a small file system cannot be mounted)', () => {
  const store = new LocalStore(join(disk?.folder ?? '', 'lake'));
  const fill = (roomKb: number): void => {
    disk?.free();
    disk?.fill(roomKb * 1024);
    onTestFinished(() => disk?.free());
  };
  let cells = 0;
  const record = async (count: number): Promise<void> => {
    for (let added = 0; added < count; added += 1) {
      const cell = { dataset: 'massive.daily_bars', ticker: `T${(cells += 1)}`, date: '2026-01-05' } as const;
      await appendCellRecord(store, cell, { ...facts, event: 'failed', reason: 'x'.repeat(1_000) });
    }
  };
  const countCells = async (): Promise<unknown> =>
    (await new LakeIndex(store).rows('select count(*) as n from cells'))[0]?.['n'];
  const outcomeOf = async (act: Promise<unknown>): Promise<unknown> =>
    act.catch((error: unknown) => (error instanceof Error && 'code' in error ? error.code : error));

  it('the index answers rightly or says LakeUnwritable, wherever the room ends, and answers once there is room', async () => {
    const outcomes: unknown[] = [];
    for (const roomKb of roomsKb) {
      disk?.free();
      await record(40);
      if (roomKb === 16) await rm(store.pathOf('index.duckdb'), { force: true });
      fill(roomKb);
      const counted = await outcomeOf(countCells());
      outcomes.push(counted === String(cells) ? 'answered' : counted, await outcomeOf(copyOf(store)));
    }
    expect([...new Set(outcomes)].sort()).toEqual(['LakeUnwritable', 'answered', 'copied']);
    disk?.free();
    expect(await countCells()).toBe(String(cells));
  });

  it('the index says LakeUnwritable where nothing may be written at all', async () => {
    await record(1);
    disk?.remount('ro');
    onTestFinished(() => disk?.remount('rw'));
    expect(await outcomeOf(countCells())).toBe('LakeUnwritable');
  });

  it('a rebuild is whole or says WarehouseUnwritable, wherever the room ends, and the old warehouse stays', async () => {
    const lake = await (await TinyLake.make()).write();
    onTestFinished(() => lake.remove());
    const folder = join(disk?.folder ?? '', 'warehouse');
    const warehousePath = join(folder, 'warehouse.duckdb');
    const build = async (value: number): Promise<unknown> => {
      const wide = model(
        `select range as n, ${value} as build, md5(range::varchar) as text from range(30000)`,
      );
      const sqlFolder = await writeSql(join(lake.folder, `sql-${value}`), { 'marts/a.sql': wide });
      return (await buildWarehouse({ ...lake.inputs({ sqlFolder }), warehousePath })).outcome;
    };
    expect(await build(0)).toBe('built');
    const outcomes: unknown[] = [];
    for (const [index, roomKb] of roomsKb.entries()) {
      fill(roomKb);
      outcomes.push(await outcomeOf(build(index + 1)));
      const [row] = await ask(
        warehousePath,
        'select count(*)::integer as rows, max(build) as build from marts.a',
      );
      expect(row?.['rows']).toBe(30_000);
      if (outcomes.at(-1) !== 'built')
        expect(row?.['build']).toBe(outcomes.findLastIndex((told) => told === 'built') + 1);
    }
    expect(outcomes.at(0)).toBe('WarehouseUnwritable');
    expect([...new Set(outcomes)].sort()).toEqual(['WarehouseUnwritable', 'built']);
  });

  it('an export says WarehouseUnwritable', async () => {
    const lake = await (await TinyLake.make()).write();
    onTestFinished(() => lake.remove());
    const text = model(`select range as n, md5(range::varchar) as text from range(30000)`);
    const sqlFolder = await writeSql(join(lake.folder, 'sql'), { 'marts/a.sql': text });
    await buildWarehouse(lake.inputs({ sqlFolder }));
    fill(64);
    const target = join(disk?.folder ?? '', 'export.csv');
    const request = {
      warehousePath: lake.warehousePath,
      table: 'marts.a',
      format: 'csv',
      target,
      keys: new Map([['marts.a', ['n']]]),
    } as const;
    expect(await outcomeOf(writeTable(request))).toBe('WarehouseUnwritable');
  });
});

it('what was asked for wrongly is no trouble of the disk', async () => {
  const error = await writeFile('/nowhere/at/all', '').catch((thrown: unknown) => thrown);
  expect(isDiskTrouble(error)).toBe(true);
  expect(isDiskTrouble(new Error('Binder Error: Referenced column "n" not found'))).toBe(false);
  expect(isDiskTrouble('No space left on device')).toBe(false);
});

async function copyOf(store: LocalStore): Promise<'copied'> {
  await new LakeIndex(store).copyTo(store.pathOf('copy.duckdb'));
  return 'copied';
}
