import { DuckDBInstance } from '@duckdb/node-api';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, TinyLake } from './tiny-lake.ts';

/** Never ends by itself: only a kill or an interrupt stops it. */
const endless = model(
  'select count(*) as n from range(1000000) as a, range(1000000) as b, range(1000000) as c',
);
const numberModel = (value: number): string => model(`select ${value} as n from range(1)`);

let lake: TinyLake;
let oldSql: string;
let newSql: string;
let slowSql: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  lake = await (await TinyLake.make()).write();
  oldSql = await writeSql(join(lake.folder, 'old'), {
    'marts/a.sql': numberModel(1),
    'marts/b.sql': numberModel(1),
  });
  newSql = await writeSql(join(lake.folder, 'new'), {
    'marts/a.sql': numberModel(2),
    'marts/b.sql': numberModel(2),
  });
  slowSql = await writeSql(join(lake.folder, 'slow'), {
    'marts/a.sql': numberModel(3),
    'marts/b.sql': endless,
  });
  await buildWarehouse(lake.inputs({ sqlFolder: oldSql }));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await lake.remove();
});

/** Starts a child that builds, and waits until it says a step. */
async function childAt(step: string, inputs: WarehouseInputs): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'build-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(inputs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) if (line === step) return child;
  throw new Error(`The child ended before "${step}"`);
}

const values = async (): Promise<unknown[]> =>
  (await ask(lake.warehousePath, 'select a.n as a, b.n as b from marts.a as a, marts.b as b')).map((row) => [
    row['a'],
    row['b'],
  ]);

test('a reader that holds the old warehouse keeps all of it while and after the new one moves in', async () => {
  const instance = await DuckDBInstance.create(lake.warehousePath, { access_mode: 'READ_ONLY' });
  const reader = await instance.connect();
  const read = async (table: string): Promise<unknown> =>
    (await reader.runAndReadAll(`select n from marts.${table}`)).getRowsJson();
  expect(await read('a')).toEqual([[1]]);
  const seen: unknown[] = [];
  const readings: Promise<void>[] = [];
  await buildWarehouse(
    lake.inputs({
      sqlFolder: newSql,
      onProgress: () => readings.push(read('a').then((rows) => void seen.push(rows))),
    }),
  );
  await Promise.all(readings);
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual(seen.map(() => [[1]]));
  expect(await read('b')).toEqual([[1]]);
  reader.closeSync();
  instance.closeSync();
  expect(await values()).toEqual([[2, 2]]);
});

test('of two builds at once in one process one is told that the lake is busy', async () => {
  const [first, second] = await Promise.allSettled([
    buildWarehouse(lake.inputs({ sqlFolder: newSql })),
    buildWarehouse(lake.inputs({ sqlFolder: newSql })),
  ]);
  expect(first).toMatchObject({ status: 'fulfilled', value: { outcome: 'built' } });
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'LakeBusy', isRetryable: true } });
  expect((await buildWarehouse(lake.inputs({ sqlFolder: newSql }))).outcome).toBe('unchanged');
});

describe('another process', () => {
  test('that builds makes us busy; killed in the middle it leaves the old warehouse and needs no repair', async () => {
    const child = await childAt('model marts.b', lake.inputs({ sqlFolder: slowSql }));
    await expect(buildWarehouse(lake.inputs({ sqlFolder: newSql }))).rejects.toMatchObject({
      code: 'LakeBusy',
    });

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(lake.folder, 'warehouse.next.duckdb'))).toBe(true);
    expect(await values()).toEqual([[1, 1]]);

    expect((await buildWarehouse(lake.inputs({ sqlFolder: newSql }))).outcome).toBe('built');
    expect(await values()).toEqual([[2, 2]]);
    expect((await readdir(lake.folder)).filter((name) => /next|tmp|wal/.test(name))).toEqual([]);
  });

  test('that reads the warehouse holds up no build', async () => {
    const instance = await DuckDBInstance.create(lake.warehousePath, { access_mode: 'READ_ONLY' });
    const child = await childAt('built', lake.inputs({ sqlFolder: newSql }));
    await once(child, 'exit');
    instance.closeSync();
    expect(await values()).toEqual([[2, 2]]);
  });

  test('that writes the index makes us busy', async () => {
    const script = `import { DuckDBInstance } from '@duckdb/node-api';
      const instance = await DuckDBInstance.create(process.argv[1]); await instance.connect();
      console.log('held'); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, lake.indexPath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    await expect(buildWarehouse(lake.inputs({ sqlFolder: newSql }))).rejects.toMatchObject({
      code: 'LakeBusy',
    });
    expect(await values()).toEqual([[1, 1]]);
  });
});

test('a build that is stopped ends with the reason, and the old warehouse stays', async () => {
  const controller = new AbortController();
  const reason = new Error('cancelled by a person');
  const build = buildWarehouse(
    lake.inputs({
      sqlFolder: slowSql,
      signal: controller.signal,
      onProgress: (step) => {
        if (step === 'model marts.b') setImmediate(() => controller.abort(reason));
      },
    }),
  );
  await expect(build).rejects.toBe(reason);
  expect(await values()).toEqual([[1, 1]]);
  expect((await readdir(lake.folder)).filter((name) => /next|tmp|wal/.test(name))).toEqual([]);
});

test("a log that somebody's own writing left beside the old warehouse does not meet the new one", async () => {
  await writeFile(`${lake.warehousePath}.wal`, 'left by a killed writer');
  await buildWarehouse(lake.inputs({ sqlFolder: newSql }));
  expect(existsSync(`${lake.warehousePath}.wal`)).toBe(false);
  expect(await values()).toEqual([[2, 2]]);
});
