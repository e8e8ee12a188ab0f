import { DuckDBInstance } from '@duckdb/node-api';
import { renameSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkedJsonBytes } from '../../lake/checked-json.ts';
import { parseJson } from '../../lake/json.ts';
import { bronzeFile, cellRecordsFolder, recordFile, supersededFile } from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { currentPublication } from '../../lake/promise.ts';
import { appendCellRecord, readCellRecord, readCellRecords, type CellRecord } from '../../lake/records.ts';
import type { ProofLake } from '../../proof/proof-lake.ts';
import { repairLake, type Repair } from '../../proof/repair-lake.ts';
import type { Finding } from '../../proof/verify/finding.ts';
import { verifyLake, type VerifyOptions, type VerifyReport } from '../../proof/verify/verify-lake.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { CallCounter, counted, watchFileCalls } from '../lake/support/file-calls.ts';
import { treeOf } from '../lake/support/lake.ts';
import { apple, bitcoin, gold, makeWholeLake, type MadeLake } from './made-lake.ts';

type Copy = ProofLake & { readonly store: LocalStore };

let lake: MadeLake;
beforeAll(async () => {
  lake = await makeWholeLake();
});
afterAll(() => lake.remove());

const cellOf = ({ dataset, ticker }: Omit<CellKey, 'date'>, date: string): CellKey => ({
  dataset,
  ticker,
  date,
});
const btc = (day: number): CellKey => cellOf(bitcoin, `2026-11-${day}`);

async function verifying(copy: Copy, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  // Nobody remembers what it read before: a proof that runs once reads every file anew.
  return verifyLake(lake.proof(copy.store.root), { now: lake.now, lookAgainAfterMs: 0, ...more });
}

async function findingsIn(copy: Copy): Promise<Finding[]> {
  return [...(await verifying(copy)).findings];
}

const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, path }) => `${kind} ${path}`).sort();

/** Turns one bit of a file, at a place counted from its beginning or, negative, from its end. */
async function alter({ store }: Copy, key: string, at: number): Promise<string> {
  const bytes = await readFile(store.pathOf(key));
  const index = at < 0 ? bytes.byteLength + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  await writeFile(store.pathOf(key), bytes);
  return key;
}

async function fileLike({ store }: Copy, folder: string, pattern: RegExp): Promise<string> {
  const key = (await store.list(folder)).sort().find((each) => pattern.test(each));
  if (key === undefined) throw new Error(`No file of ${folder} is like ${String(pattern)}`);
  return key;
}

const recordOf = (cell: CellKey, number = 1): string => recordFile(cellRecordsFolder(cell), number);
const auditOf = async ({ store }: Copy, cell: CellKey): Promise<string> =>
  (await currentPublication(store, cell))?.record.audit ?? '';

/** An audit's file, as these tests forge it. */
interface Checked {
  readonly checksum: string;
  readonly verdict: { readonly checks: { measured: string }[] };
}

/** Changes what a record says, as nobody ever may. */
async function rewrite(copy: Copy, cell: CellKey, change: Partial<CellRecord>): Promise<void> {
  const record = await readCellRecord(copy.store, cellRecordsFolder(cell), 1);
  await copy.store.put(recordOf(cell), checkedJsonBytes({ ...record, ...change }));
}

describe('verify', () => {
  it('finds nothing in a lake that is whole, and audits every published file again', async () => {
    expect(await verifying(await lake.copy(true))).toEqual({
      cells: 18,
      publishedFiles: 17,
      auditedAgain: 17,
      batches: 7,
      findings: [],
    });
  });

  it('names each file of which one bit was turned, whatever kind it is of, and no other', async () => {
    const copy = await lake.copy();
    const restated = cellOf(gold, '2026-11-09');
    const altered = [
      await alter(copy, bronzeFile(btc(10)), 300),
      await alter(copy, bronzeFile(btc(11)), -40),
      await alter(copy, bronzeFile(btc(12)), 1),
      await alter(copy, supersededFile(restated, 1), 500),
      await alter(copy, recordOf(btc(13)), 60),
      await alter(copy, recordOf(btc(14)), -30),
      await alter(copy, await auditOf(copy, btc(15)), 20),
      await alter(copy, await fileLike(copy, 'refused/source=massive', /parquet$/), 900),
      await alter(copy, await fileLike(copy, 'contracts', /csv\.daily_closes/), 700),
      await alter(copy, await fileLike(copy, 'records/windows', /json$/), 30),
      await alter(copy, await fileLike(copy, 'records/runs', /json$/), 30),
      await alter(copy, await fileLike(copy, 'staging/source=massive', /manifest\.json$/), 200),
      await alter(copy, await fileLike(copy, 'staging/source=coingecko', /raw\.json$/), 200),
    ];
    const found = await findingsIn(copy);
    expect(found.map(({ path }) => path).sort()).toEqual(altered.sort());
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['altered', 'truncated']));
    expect(found.every(({ isDamage, advice }) => isDamage && advice !== '')).toBe(true);
  });

  it('tells missing, truncated and foreign files apart', async () => {
    const copy = await lake.copy();
    const { store } = copy;
    const raw = await fileLike(copy, 'staging/source=coingecko', /raw\.json$/);
    await truncate(store.pathOf(bronzeFile(btc(10))), 100);
    await truncate(store.pathOf(raw), 10);
    await store.remove(bronzeFile(btc(11)));
    await store.remove(await auditOf(copy, btc(12)));
    await store.remove(recordOf(cellOf(gold, '2026-11-09')));
    await store.put('bronze/source=x/resource=y/ticker=Z/date=2026-01-01/data.parquet', Buffer.from('x'));
    await store.put(`${bronzeFile(btc(13))}.tmp`, Buffer.from('x'));
    await store.put('bronze/readme.txt', Buffer.from('x'));
    expect(told(await findingsIn(copy))).toEqual(
      [
        `truncated ${bronzeFile(btc(10))}`,
        `truncated ${raw}`,
        `missing ${bronzeFile(btc(11))}`,
        `missing ${await auditOf(copy, btc(12))}`,
        `missing ${recordOf(cellOf(gold, '2026-11-09'))}`,
        `disagrees ${recordOf(cellOf(gold, '2026-11-09'), 2)}`,
        'foreign bronze/source=x/resource=y/ticker=Z/date=2026-01-01/data.parquet',
        `foreign ${bronzeFile(btc(13))}.tmp`,
        'foreign bronze/readme.txt',
      ].sort(),
    );
  });

  it('finds the verdict of a cell among those of its month, one a line', async () => {
    const copy = await lake.copy();
    const lines: Uint8Array[] = [];
    const month = 'audits/source=coingecko/resource=market_chart/ticker=BTC/month=2026-11~run-1.1.1.json';
    for (const day of [10, 11, 12]) {
      const file = await auditOf(copy, btc(day));
      const { checksum: _, ...audit } = parseJson((await copy.store.get(file)) ?? Buffer.of()) as Checked;
      lines.push(checkedJsonBytes({ ...audit, date: btc(day).date }));
      await copy.store.remove(file);
      await rewrite(copy, btc(day), { audit: month });
    }
    await copy.store.put(month, Buffer.concat(lines));
    expect(await verifying(copy)).toMatchObject({ auditedAgain: 17, findings: [] });
    await copy.store.put(month, Buffer.concat(lines.slice(1)));
    expect(told(await findingsIn(copy))).toEqual([`missing ${month}`]);
    await alter(copy, month, -50);
    expect(told(await findingsIn(copy))).toContain(`altered ${month}`);
  });

  it('audits with the eyes of today: a verdict that was forged, checksum and all, does not agree', async () => {
    const copy = await lake.copy();
    const file = await auditOf(copy, btc(10));
    const { checksum: _, ...audit } = parseJson((await copy.store.get(file)) ?? Buffer.of()) as Checked;
    for (const check of audit.verdict.checks) if (check.measured === '1') check.measured = '2';
    await copy.store.put(file, checkedJsonBytes(audit));
    const found = await findingsIn(copy);
    expect(told(found)).toEqual([`disagrees ${bronzeFile(btc(10))}`]);
    expect((await verifying(copy, { isAuditing: false })).auditedAgain).toBe(0);
  });

  it('holds index and warehouse against the records; a repair removes a warehouse that cannot be read', async () => {
    const copy = await lake.copy(true);
    const instance = await DuckDBInstance.create(copy.store.pathOf('index.duckdb'));
    const connection = await instance.connect();
    await connection.run(
      "update cell_records set state = 'failed' where ticker = 'BTC' and date = '2026-11-10'",
    );
    connection.closeSync();
    instance.closeSync();
    const found = await findingsIn(copy);
    expect(told(found)).toEqual(['disagrees index.duckdb']);
    await copy.store.remove('index.duckdb');
    const now = { recordedAt: lake.now.toISOString(), run: 'daily/later' };
    await appendCellRecord(copy.store, btc(11), { ...now, event: 'published', sha256: 'later' });
    const behind = (await findingsIn(copy)).find(({ kind }) => kind === 'behind');
    expect(behind).toMatchObject({ path: 'warehouse.duckdb', isDamage: false });
    // Its newest record is gone, so that the warehouse knows what no record says.
    const record = await copy.store.get(recordOf(cellOf(gold, '2026-11-09'), 2));
    await copy.store.remove(recordOf(btc(10)));
    await copy.store.put(
      recordOf(btc(10)),
      checkedJsonBytes({
        ...(parseJson(record ?? Buffer.of()) as object),
        supersedes: undefined,
        checksum: undefined,
      }),
    );
    const warehouse = (await findingsIn(copy)).filter(({ path }) => path === 'warehouse.duckdb');
    expect(told(warehouse)).toEqual(['disagrees warehouse.duckdb']);
    await writeFile(copy.store.pathOf('warehouse.duckdb'), 'no database');
    const repairs = await repairLake(
      copy,
      (await findingsIn(copy)).filter(({ path }) => path === 'warehouse.duckdb'),
    );
    expect(repairs.map(({ finding, outcome }) => `${finding.kind} ${outcome}`)).toEqual(['altered removed']);
  });

  it('does not take a cell that is being published this moment for damage', async () => {
    const copy = await lake.copy();
    const { store } = copy;
    const cell = btc(10);
    const record = (await currentPublication(store, cell))?.record;
    const [place, candidate] = [store.pathOf(bronzeFile(cell)), store.pathOf(record?.candidate ?? '')];
    renameSync(place, candidate);
    // Seen between the claim of the record and the rename, and again after it.
    const onProgress = (step: string): void => {
      if (step === 'index and warehouse') renameSync(candidate, place);
    };
    expect((await verifying(copy, { onProgress })).findings).toEqual([]);
    renameSync(place, candidate);
    const left = (await verifying(copy)).findings;
    expect(told(left.filter(({ isDamage }) => isDamage))).toEqual([`missing ${bronzeFile(cell)}`]);
    expect((await repairLake(copy, left)).map(({ outcome }) => outcome)).toContain('restored');
    expect(await findingsIn(copy)).toEqual([]);
  });
});

describe('verify --repair', () => {
  it('restores published and replaced files byte for byte, and sets aside what nothing names', async () => {
    const copy = await lake.copy();
    const before = await treeOf(copy.store);
    await alter(copy, bronzeFile(btc(10)), 300);
    await copy.store.remove(bronzeFile(cellOf(apple, '2026-11-10')));
    await copy.store.remove(supersededFile(cellOf(apple, '2026-11-10'), 1));
    await alter(copy, supersededFile(cellOf(gold, '2026-11-09'), 1), -10);
    await copy.store.put(`${bronzeFile(btc(13))}.tmp`, Buffer.from('x'));
    const repairs = await repairLake(copy, await findingsIn(copy));
    expect(repairs.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array<string>(4).fill('restored'),
      'set-aside',
    ]);
    expect(await findingsIn(copy)).toEqual([]);
    const after = Object.entries(await treeOf(copy.store));
    expect(Object.fromEntries(after.filter(([key]) => !key.startsWith('refused/foreign/')))).toEqual(before);
    expect(after.filter(([key]) => key.startsWith('refused/foreign/'))).toHaveLength(3);
  });

  it('says what it could not repair, why, and how to get it back, and touches neither staging nor records', async () => {
    const copy = await lake.copy();
    await alter(copy, await fileLike(copy, 'staging/source=coingecko', /raw\.json$/), 200);
    await alter(copy, recordOf(cellOf(gold, '2026-11-11')), 60);
    await copy.store.remove(bronzeFile(btc(10)));
    const before = await treeOf(copy.store);
    const repairs = await repairLake(copy, await findingsIn(copy));
    expect(await treeOf(copy.store)).toEqual(before);
    const reasonOf = (path: string): Repair | undefined =>
      repairs.find(({ finding }) => finding.path === path);
    expect(repairs.every(({ outcome }) => outcome === 'not-repaired')).toBe(true);
    expect(reasonOf(bronzeFile(btc(10)))?.reason).toMatch(
      /^batch-altered: .*retry\.ts 2026-11-10 BTC --force/,
    );
    expect(reasonOf(recordOf(cellOf(gold, '2026-11-11')))?.reason).toContain('restore it from a backup');
  });

  it('may be stopped before any file call and run again', async () => {
    onTestFinished(watchFileCalls());
    const copy = await lake.copy();
    const cell = btc(10);
    const original = await copy.store.get(bronzeFile(cell));
    const damaged = async (): Promise<Finding[]> => {
      await copy.store.remove('refused/foreign');
      await copy.store.put(bronzeFile(cell), Buffer.from('not a file'));
      return [(await findingsOfCell())[0] as Finding];
    };
    const findingsOfCell = async (): Promise<Finding[]> =>
      (await verifying(copy, { isAuditing: false })).findings.filter(({ path }) => path === bronzeFile(cell));
    const [finding] = await damaged();
    let stops = 0;
    for (; ; stops += 1) {
      await copy.store.put(bronzeFile(cell), Buffer.from('not a file'));
      const counter = new CallCounter(stops, 'halt');
      // A store whose process died is not used again: its folders' syncs never end.
      const dying = lake.proof(copy.store.root);
      const end = await counted(counter, () => repairLake(dying, [finding as Finding]));
      await repairLake(lake.proof(copy.store.root), [finding as Finding]);
      expect(await copy.store.get(bronzeFile(cell))).toEqual(original);
      if (end !== 'stopped') break;
    }
    expect(stops).toBeGreaterThan(6);
    expect((await readCellRecords(copy.store, cell)).length).toBe(1);
    expect((await findingsIn(copy)).filter(({ isDamage }) => isDamage)).toEqual([]);
  });
});
