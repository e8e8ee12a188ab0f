import { DuckDBInstance } from '@duckdb/node-api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedJsonBytes } from '../../lake/checked-json.ts';
import { sha256 } from '../../lake/json.ts';
import {
  bronzeFile,
  cellRecordsFolder,
  keptContractFile,
  recordFile,
  stagingFolder,
} from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { readCellRecord, type CellRecord } from '../../lake/records.ts';
import { projectFolder } from '../../settings.ts';
import type { ProofLake } from '../../proof/proof-lake.ts';
import { linkNames, type Link } from '../../proof/prove/link.ts';
import { proveCell } from '../../proof/prove/prove-cell.ts';
import { readWarehouseNumber } from '../../proof/prove/warehouse-number.ts';
import { rebuildBronze, type RebuildReport } from '../../proof/rebuild-bronze.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import { treeOf } from '../lake/support/lake.ts';
import { apple, bitcoin, gold, makeWholeLake, type MadeLake } from './made-lake.ts';

type Copy = ProofLake & { readonly store: LocalStore };

let lake: MadeLake;
beforeAll(async () => {
  lake = await makeWholeLake();
});
afterAll(() => lake.remove());

const restated: CellKey = { dataset: apple.dataset, ticker: 'AAPL', date: '2026-11-10' };
const coin = (day: number): CellKey => ({ dataset: bitcoin.dataset, ticker: 'BTC', date: `2026-11-${day}` });

/** Runs a command as a person elsewhere would: in another time zone and language, and without a network. */
async function runAbroad<T>(
  command: string,
  ...words: string[]
): Promise<{ code: number | null; value: T; error: string }> {
  const modules = ['tsx', join(import.meta.dirname, 'refuse-requests.ts')].flatMap((name) => [
    '--import',
    name,
  ]);
  const child = spawn(process.execPath, [...modules, `client/${command}.ts`, ...words, '--json'], {
    cwd: projectFolder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TZ: 'Pacific/Apia',
      LC_ALL: 'tr_TR.UTF-8',
      ...lake.environment,
    },
  });
  const [out, error]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => error.push(bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  // The command's own words.
  return {
    code,
    value: JSON.parse(Buffer.concat(out).toString() || 'null') as T,
    error: String(Buffer.concat(error)),
  };
}

async function rebuilding(copy: Copy, into: string, tickers?: readonly string[]): Promise<RebuildReport> {
  const target = new LocalStore(join(lake.folder, into));
  return rebuildBronze(lake.proof(copy.store.root), target, {
    withSuperseded: true,
    ...(tickers ? { tickers } : {}),
  });
}

/** Changes what a record says, as nobody ever may. */
async function rewrite(copy: Copy, cell: CellKey, change: Partial<CellRecord>): Promise<void> {
  const folder = cellRecordsFolder(cell);
  const record = await readCellRecord(copy.store, folder, 1);
  await copy.store.put(recordFile(folder, 1), checkedJsonBytes({ ...record, ...change }));
}

/** Puts a file of the same columns, written by DuckDB, in the place of a published one. */
async function publishByDuckDb(copy: Copy, cell: CellKey, close: string): Promise<void> {
  const place = copy.store.pathOf(bronzeFile(cell));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = `select * replace (${close} as close) from read_parquet('${place}', hive_partitioning = false)`;
  await connection.run(`copy (${rows}) to '${place}.new' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
  const bytes = await readFile(`${place}.new`);
  await copy.store.remove(`${bronzeFile(cell)}.new`);
  await writeFile(place, bytes);
  await rewrite(copy, cell, { sha256: sha256(bytes), writer: 'another 1.0.0' });
}

describe('rebuild-bronze', () => {
  it('makes every published and every replaced file again, byte for byte, in another time zone and language, without a connection', async () => {
    const before = await treeOf(lake.store);
    const into = join(lake.folder, 'abroad');
    const { code, value, error } = await runAbroad<RebuildReport>(
      'rebuild-bronze',
      '--into',
      into,
      '--superseded',
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(value).toMatchObject({
      publications: 20,
      sameBytes: 20,
      sameRows: 0,
      alreadyThere: 0,
      differences: [],
    });
    expect(await treeOf(lake.store)).toEqual(before);
    const published = Object.entries(before).filter(([key]) => /^(bronze|superseded)\//.test(key));
    const { 'rebuild.json': report, ...made } = await treeOf(new LocalStore(into));
    expect(made).toEqual(Object.fromEntries(published));
    expect(report).toBeDefined();
  });

  it('goes on where an earlier one was stopped: what lies there already is not made again', async () => {
    const copy = await lake.copy();
    await rebuilding(copy, 'resumed', ['BTC']);
    await new LocalStore(join(lake.folder, 'resumed')).put(bronzeFile(coin(10)), Buffer.from('half'));
    const report = await rebuilding(copy, 'resumed');
    expect(report).toMatchObject({ publications: 20, sameBytes: 14, alreadyThere: 6, differences: [] });
  });

  it('compares row for row what another writer made, and tells other rows from other bytes', async () => {
    const copy = await lake.copy();
    await publishByDuckDb(copy, coin(10), 'close');
    await publishByDuckDb(copy, coin(11), 'close + 1');
    await publishByDuckDb(copy, coin(12), 'close');
    await copy.store.remove(bronzeFile(coin(12)));
    const report = await rebuilding(copy, 'other-writer', ['BTC']);
    expect(report).toMatchObject({ sameBytes: 4, sameRows: 1 });
    expect(report.differences.map(({ date, cause }) => `${date} ${cause}`)).toEqual([
      '2026-11-11 rows-differ',
      '2026-11-12 writer-differs',
    ]);
  });

  it('names every difference with its cause', async () => {
    const copy = await lake.copy();
    const batchOf = async (cell: CellKey): Promise<string> => {
      const { batch } = await readCellRecord(copy.store, cellRecordsFolder(cell), 1);
      return stagingFolder(splitDataset(cell.dataset).source, batch?.ingestionDate ?? '', batch?.id ?? '');
    };
    const grouped = { ...restated, date: '2026-11-16' };
    await copy.store.put(`${await batchOf(grouped)}/raw.json`, Buffer.from('{}'));
    await copy.store.remove(await batchOf({ ...restated, date: '2026-11-09' }));
    await rewrite(copy, coin(10), { symbol: 'ethereum' });
    await rewrite(copy, coin(11), { contractSha256: '0'.repeat(64) });
    await rewrite(copy, coin(12), { contentSha256: 'x', sha256: 'x' });
    await rewrite(copy, coin(13), { sha256: 'x' });
    await writeFile(copy.store.pathOf(recordFile(cellRecordsFolder(coin(14)), 1)), '{}');
    const { contractVersion = '', contractSha256 = '' } = await readCellRecord(
      copy.store,
      cellRecordsFolder({ ...coin(9), dataset: gold.dataset, ticker: 'GOLD', date: '2026-11-11' }),
      1,
    );
    await copy.store.put(
      keptContractFile(gold.dataset, contractVersion, contractSha256),
      Buffer.from('id: x'),
    );
    const { differences } = await rebuilding(copy, 'damaged');
    const causes = new Map(
      differences.map(({ ticker, date, number, cause }) => [`${ticker} ${date} ${number}`, cause]),
    );
    expect(Object.fromEntries(causes)).toMatchObject({
      'AAPL 2026-11-16 1': 'batch-altered',
      'AAPL 2026-11-09 1': 'batch-gone',
      'BTC 2026-11-10 1': 'reader-differs',
      'BTC 2026-11-11 1': 'contract-gone',
      'BTC 2026-11-12 1': 'reader-differs',
      'BTC 2026-11-13 1': 'bytes-differ',
      'BTC 2026-11-14 0': 'record-altered',
      'GOLD 2026-11-11 1': 'contract-altered',
    });
    expect(differences.every(({ found }) => found !== '')).toBe(true);
  });
});

describe('prove', () => {
  async function chainOf(copy: Copy, cell: CellKey, number: number): Promise<Link[]> {
    const publication = { number, record: await readCellRecord(copy.store, cellRecordsFolder(cell), number) };
    const shown = await readWarehouseNumber(lake.store.pathOf('warehouse.duckdb'), cell.ticker, cell.date);
    return proveCell(lake.proof(copy.store.root), {
      cell,
      publication,
      number: number === 1 ? null : (shown ?? null),
    });
  }
  const linesOf = (links: readonly Link[], name: Link['name']): string =>
    links.find((link) => link.name === name)?.lines.join('\n') ?? '';
  const brokenIn = (links: readonly Link[]): string[] =>
    links.filter(({ isSound }) => !isSound).map(({ name }) => name);

  it.each([
    [
      'a range of pages',
      { ...restated, date: '2026-11-13' },
      1,
      /raw-0001\.json at character \d+: .*"c":>>>[\d.]+<<</,
    ],
    ['a restated price', restated, 2, /"c":>>>[\d.]+<<<,"h"/],
    ['the price that it replaced', restated, 1, /"c":>>>[\d.]+<<<,"h"/],
    ["a whole market's day", { ...restated, date: '2026-11-16' }, 1, /"T":"AAPL".*"c":>>>[\d.]+<<</],
    ['points of time and price', coin(12), 1, /\[\d+,>>>[\d.]+<<<\]/],
    [
      'a csv file',
      { dataset: gold.dataset, ticker: 'GOLD', date: '2026-11-09' },
      2,
      /2026-11-09,>>>100\.5<<</,
    ],
  ])(
    'leads from the number to the request and points out where it stands: %s',
    async (_title, cell, number, place) => {
      const links = await chainOf(await lake.copy(), cell, number);
      expect(brokenIn(links)).toEqual([]);
      expect(links.map(({ name }) => name)).toEqual(linkNames);
      expect(linesOf(links, 'answer')).toMatch(place);
      expect(linesOf(links, 'request')).toMatch(/^GET \/\S+ at 2026-11-1\dT12:00:00.000Z: 200/);
      expect(linesOf(links, 'audit')).toMatch(/cell\.date: passed, found 0/);
      expect(linesOf(links, 'rebuilt')).toContain('byte for byte');
    },
  );

  it('names the links that are broken, and follows the others', async () => {
    const copy = await lake.copy();
    const record = await readCellRecord(copy.store, cellRecordsFolder(coin(10)), 1);
    const folder = stagingFolder('coingecko', record.batch?.ingestionDate ?? '', record.batch?.id ?? '');
    await copy.store.remove(bronzeFile(coin(10)));
    await copy.store.remove(record.audit ?? '');
    await writeFile(copy.store.pathOf(`${folder}/raw.json`), '{}');
    expect(brokenIn(await chainOf(copy, coin(10), 1))).toEqual(['file', 'audit', 'answer', 'rebuilt']);
    await copy.store.remove(folder);
    expect(brokenIn(await chainOf(copy, coin(10), 1))).toEqual(['file', 'audit', 'batch', 'rebuilt']);
  });
});

describe('the commands', () => {
  it('prove ends with 0 and proves a close that is carried forward where it was observed, without a connection', async () => {
    const { code, value } = await runAbroad<{ isProved: boolean; cell: CellKey; links: Link[] }>(
      'prove',
      '2026-11-14',
      'AAPL',
    );
    expect({ code, ...value }).toMatchObject({ code: 0, isProved: true, cell: { date: '2026-11-13' } });
  });

  it('verify ends with 1 and the list where something is wrong, and with 0 once --repair has mended it', async () => {
    const place = bronzeFile(coin(15));
    await lake.store.remove(place);
    const found = await runAbroad<{ findings: { path: string; kind: string }[] }>('verify');
    expect({ code: found.code, paths: found.value.findings.map(({ path }) => path) }).toEqual({
      code: 1,
      paths: [place],
    });
    expect((await runAbroad('verify', '--repair')).code).toBe(0);
    expect(await lake.store.sizeOf(place)).toBeGreaterThan(0);
  });
});
