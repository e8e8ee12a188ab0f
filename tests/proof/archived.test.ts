import { execFile } from 'node:child_process';
import { cp, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readStory } from '../../client/why/cell-story.ts';
import type { OpenLake } from '../../client/command/lake-client.ts';
import { readArchived, readKept } from '../../lake/archive/archives.ts';
import { readArchiveRecords } from '../../lake/archive/archive-records.ts';
import { membersOfZip } from '../../lake/archive/read-zip.ts';
import { packOldFiles, type RetentionOptions, type RetentionReport } from '../../lake/archive/retain.ts';
import { sealBatch } from '../../lake/batches.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { bronzeFile, supersededFile } from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { currentPublication } from '../../lake/promise.ts';
import { readPublications } from '../../lake/publication-files.ts';
import type { ProofLake } from '../../proof/proof-lake.ts';
import { proveCell } from '../../proof/prove/prove-cell.ts';
import { rebuildBronze } from '../../proof/rebuild-bronze.ts';
import { repairLake } from '../../proof/repair-lake.ts';
import type { Finding } from '../../proof/verify/finding.ts';
import { verifyLake, type VerifyReport } from '../../proof/verify/verify-lake.ts';
import { projectFolder } from '../../settings.ts';
import { buildAsOf, openAsOf } from '../../warehouse/as-of/as-of.ts';
import { layOutKnownFiles } from '../../warehouse/as-of/known-files.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { CallCounter, counted, watchFileCalls, type FileCall } from '../lake/support/file-calls.ts';
import { hashOf, treeOf } from '../lake/support/lake.ts';
import { runActs } from '../lake/support/run-acts.ts';
import { ask } from '../warehouse/tiny-lake.ts';
import { apple, bitcoin, gold, makeWholeLake, type MadeLake } from './made-lake.ts';

type Copy = ProofLake & { readonly store: LocalStore };

const run = promisify(execFile);
/** Its absence leaves one test out. */
const unzip = await run('unzip', ['-v']).catch(() => undefined);
/** Everything that the lake holds came in November. */
const later: RetentionOptions = { now: new Date('2026-12-20T12:00:00Z'), olderThanDays: 10 };
const massive = 'archive/staging/source=massive/2026-11.zip';
const replaced = 'archive/superseded/source=csv/2026-11.zip';
const restated: CellKey = { dataset: apple.dataset, ticker: apple.ticker, date: '2026-11-10' };
const coin: CellKey = { dataset: bitcoin.dataset, ticker: bitcoin.ticker, date: '2026-11-12' };
const bar: CellKey = { dataset: gold.dataset, ticker: gold.ticker, date: '2026-11-09' };
const isPacked = (key: string): boolean => /^(staging|superseded)\//.test(key);

let lake: MadeLake;
/** The files that are to be packed, with their hashes. */
let originals: Record<string, string>;
beforeAll(async () => {
  lake = await makeWholeLake();
  originals = Object.fromEntries(Object.entries(await treeOf(lake.store)).filter(([key]) => isPacked(key)));
});
afterAll(() => lake.remove());

async function archived(options = later): Promise<Copy & { readonly report: RetentionReport }> {
  const copy = await lake.copy();
  const report = await packOldFiles(copy.store, options);
  return { ...copy, report };
}

const verifying = async ({ store }: Copy): Promise<VerifyReport> =>
  verifyLake(lake.proof(store.root), { now: lake.now, lookAgainAfterMs: 0, isAuditing: false });
const damages = async (copy: Copy): Promise<string[]> =>
  (await verifying(copy)).findings
    .filter(({ isDamage }) => isDamage)
    .map(({ kind, path }) => `${kind} ${path}`);

/** Turns one bit of a file. */
async function alter({ store }: Copy, key: string, at: number): Promise<void> {
  const bytes = await readFile(store.pathOf(key));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(store.pathOf(key), bytes);
}

describe('retention', () => {
  it('packs each source and month once, and records every hash', async () => {
    const { store, report } = await archived();
    const tree = await treeOf(store);
    expect(Object.keys(tree).filter(isPacked)).toEqual([]);
    expect(report).toMatchObject({ removed: 18, completed: [], left: [] });
    expect(report.archives.map(({ file, files }) => `${file} ${files}`)).toEqual([
      'archive/staging/source=coingecko/2026-11.zip 2',
      'archive/staging/source=csv/2026-11.zip 4',
      `${massive} 9`,
      `${replaced} 2`,
      'archive/superseded/source=massive/2026-11.zip 1',
    ]);
    const records = await readArchiveRecords(store);
    expect(Object.fromEntries(records.map(({ archive, sha256 }) => [archive, sha256]))).toEqual(
      Object.fromEntries(report.archives.map(({ file }) => [file, tree[file ?? '']])),
    );
  });

  it.skipIf(!unzip)('writes what unzip unpacks, in the lake itself too, to the very bytes', async () => {
    const { store, report } = await archived();
    const tree = await treeOf(store);
    const unpacked = new LocalStore(join(lake.folder, 'unpacked'));
    for (const { file } of report.archives)
      await run('unzip', ['-q', store.pathOf(file ?? ''), '-d', unpacked.root]);
    const lists = Object.entries(tree).filter(([key]) => key.endsWith('.manifest.json'));
    expect(await treeOf(unpacked)).toEqual({ ...originals, ...Object.fromEntries(lists) });
  });

  it('gives the same bytes in another time zone, and does nothing the second time', async () => {
    const here = await archived();
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Apia';
    const there = await archived().finally(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    const tree = await treeOf(here.store);
    expect(await treeOf(there.store)).toEqual(tree);
    expect(await packOldFiles(here.store, { ...later, now: new Date('2026-12-31T00:00:00Z') })).toMatchObject(
      {
        archives: [],
        removed: 0,
      },
    );
    expect(await treeOf(here.store)).toEqual(tree);
  });

  it('takes a month once its last day is old enough, and says beforehand what it would do', async () => {
    const copy = await lake.copy();
    const before = await treeOf(copy.store);
    const young = { now: new Date('2026-12-09T23:59:00Z'), olderThanDays: 10 };
    expect(await packOldFiles(copy.store, young)).toMatchObject({ before: '2026-11', archives: [] });
    const told = await packOldFiles(copy.store, { ...later, isDryRun: true });
    expect(told).toMatchObject({ removed: 0, archives: { length: 5 } });
    expect(await treeOf(copy.store)).toEqual(before);
  });

  it('leaves what is altered or nobody names where it lies, and puts what comes later into a further archive', async () => {
    const copy = await lake.copy();
    const keys = Object.keys(originals).filter((key) => key.startsWith('staging/source=massive'));
    const raw = keys.find((key) => key.endsWith('raw.json')) ?? '';
    const stranger = raw.replace('raw.json', 'notes.txt');
    const bytes = await copy.store.get(raw);
    await alter(copy, raw, 5);
    await copy.store.put(stranger, Buffer.from('x'));
    const first = await packOldFiles(copy.store, later);
    expect(first.left.map(({ path }) => path).sort()).toEqual([raw, stranger].sort());
    expect(
      Object.keys(await treeOf(copy.store))
        .filter(isPacked)
        .sort(),
    ).toEqual([raw, stranger].sort());
    await copy.store.put(raw, bytes ?? Buffer.of());
    await copy.store.remove(stranger);
    expect((await packOldFiles(copy.store, later)).archives.map(({ file }) => file)).toEqual([
      massive.replace('.zip', '.2.zip'),
    ]);
    expect(await readArchived(copy.store, raw)).toEqual({
      bytes,
      archive: massive.replace('.zip', '.2.zip'),
    });
    expect(await damages(copy)).toEqual([]);
  });

  it("holds one month up where what lies in its archive's place cannot be read, and no other", async () => {
    const copy = await lake.copy();
    await copy.store.put(massive, Buffer.from('no zip'));
    const { left, archives } = await packOldFiles(copy.store, later);
    expect(left.map(({ path }) => path)).toEqual([massive, 'staging massive 2026-11']);
    expect(archives).toHaveLength(4);
    const there = Object.keys(originals).filter((key) => key.startsWith('staging/source=massive'));
    expect((await copy.store.list('staging')).sort()).toEqual(there.sort());
    expect(await copy.store.namesIn('records/archives/staging~massive~2026-11')).toEqual([]);
  });
});

describe('a lake that was packed away', () => {
  it('is whole to verify, and bronze is made again from it, replaced files too', async () => {
    const copy = await archived();
    expect(await verifying(copy)).toMatchObject({ cells: 18, batches: 7, findings: [] });
    const into = new LocalStore(join(lake.folder, 'from-archives'));
    expect(await rebuildBronze(lake.proof(copy.store.root), into, { withSuperseded: true })).toMatchObject({
      publications: 20,
      sameBytes: 20,
      differences: [],
    });
    const place = bronzeFile(coin);
    const published = await copy.store.get(place);
    await copy.store.remove(place);
    const repairs = await repairLake(copy, (await verifying(copy)).findings);
    expect(repairs.map(({ outcome }) => outcome)).toEqual(['restored']);
    expect(await copy.store.get(place)).toEqual(published);
  });

  it('still proves every number, a replaced one too, and says in which archive a file lies', async () => {
    const copy = await archived();
    const publication = (await readPublications(copy.store, restated))[0];
    if (!publication) throw new Error('There is no publication');
    const links = await proveCell(lake.proof(copy.store.root), { cell: restated, publication, number: null });
    expect(links.filter(({ isSound }) => !isSound)).toEqual([]);
    const lines = links.flatMap((link) => link.lines).join('\n');
    expect(lines).toMatch(/000001\.parquet, in archive\/superseded\/source=massive\/2026-11\.zip/);
    expect(lines).toMatch(/raw\.json, in archive\/staging\/source=massive\/2026-11\.zip/);
    expect(lines).toMatch(/"c":>>>[\d.]+<<</);
  });

  it('shows what was published at an instant, byte for byte as before', async () => {
    const instant = new Date('2026-11-18T13:00:00Z');
    const known = async (store: LocalStore): Promise<Record<string, string>> => {
      const past = await openAsOf({ store, index: new LakeIndex(store) }, instant);
      const folder = join(past.folder, 'bronze');
      await layOutKnownFiles(store, past.index, folder);
      const tree = await treeOf(new LocalStore(folder));
      await past.remove();
      return tree;
    };
    const before = await known((await lake.copy()).store);
    expect(await known((await archived()).store)).toEqual(before);
    expect(Object.keys(before)).toHaveLength(17);
  });

  it('shows both prices of a restatement whose replaced file lies in an archive', async () => {
    const { store } = await archived();
    const past = await buildAsOf({ ...lake.deps, store, index: new LakeIndex(store) }, lake.now);
    const shown = await ask(
      past.warehousePath,
      "select old_close, new_close from metadata.restatements where ticker = 'GOLD' and price_date = '2026-11-09'",
    );
    await past.remove();
    expect(shown).toEqual([{ old_close: 100, new_close: 100.5 }]);
  });

  it('tells the story of a cell with both closes, and where its files are', async () => {
    const { store } = await archived();
    // All that a story is read from; the rest of an open lake is for other commands.
    const open = { store, index: new LakeIndex(store) } as OpenLake;
    const story = await readStory(open, { ...bar, state: 'published' });
    expect(story.absentBatches).toEqual([]);
    expect(story.batches.map(({ archive }) => archive)).toEqual(
      Array<string>(2).fill('archive/staging/source=csv/2026-11.zip'),
    );
    expect(story.records.map(({ close, archive }) => [close, archive])).toEqual([
      [100, replaced],
      [100.5, null],
    ]);
  });

  it('finds a sealed batch again that was packed before the step that sealed it was repeated', async () => {
    const { store } = await archived();
    const batch = (await currentPublication(store, coin))?.record.batch;
    const facts = {
      batchId: batch?.id ?? '',
      dataset: bitcoin.dataset,
      window: 'w',
      workflowId: 'w',
      workflowRunId: 'r',
    };
    const ask = { kind: 'range', symbol: 'bitcoin', from: coin.date, to: coin.date } as const;
    expect(await sealBatch(store, 'coingecko', { ...facts, ask }, 1)).toEqual(batch);
  });
});

describe('verify on archives', () => {
  it('names an altered archive, and those of its members that are lost with it', async () => {
    const copy = await archived();
    const [first = ''] = (await membersOfZip(copy.store.pathOf(massive))) ?? [];
    await alter(copy, massive, 30 + first.length + 20);
    expect(await damages(copy)).toEqual([`altered ${massive}`, `altered ${first}`]);
    await alter(copy, replaced, 400);
    expect(await damages(copy)).toContain(`altered ${replaced}`);
  });

  it('names a missing or truncated archive and every batch and file that it held, and brings back what it can', async () => {
    const copy = await archived();
    await copy.store.remove(replaced);
    await truncate(copy.store.pathOf(massive), 3_000);
    const { findings } = await verifying(copy);
    const told = findings.map(({ kind, path }) => `${kind} ${path}`);
    expect(told).toEqual(
      expect.arrayContaining([
        `missing ${replaced}`,
        `truncated ${massive}`,
        `missing ${supersededFile(bar, 1)}`,
      ]),
    );
    expect(told.filter((line) => /^missing staging\/source=massive\/[^.]*$/.test(line))).toHaveLength(4);
    const repairs = await repairLake(lake.proof(copy.store.root), findings);
    const restored = repairs
      .filter(({ outcome }) => outcome === 'restored')
      .map(({ finding }) => finding.path);
    expect(restored).toContain(supersededFile(bar, 1));
    expect((await readKept(copy.store, supersededFile(bar, 1)))?.archive).toBe(null);
  });

  it('takes the list beside an archive out of it again, and tells what is foreign from what is not recorded yet', async () => {
    const copy = await archived();
    const list = massive.replace('zip', 'manifest.json');
    const before = await copy.store.get(list);
    await copy.store.remove(list);
    await copy.store.put('archive/staging/readme.txt', Buffer.from('x'));
    await copy.store.remove('records/archives/staging~csv~2026-11');
    const { findings } = await verifying(copy);
    const told = (finding: Finding): string => `${finding.kind} ${finding.path}`;
    expect(findings.map(told)).toEqual([
      'foreign archive/staging/readme.txt',
      'leftover archive/staging/source=csv/2026-11.manifest.json',
      'leftover archive/staging/source=csv/2026-11.zip',
      `missing ${list}`,
    ]);
    await repairLake(copy, findings);
    expect(await copy.store.get(list)).toEqual(before);
    const again = await packOldFiles(copy.store, later);
    expect(again.completed).toEqual(['archive/staging/source=csv/2026-11.zip']);
    expect(await damages(copy)).toEqual([]);
  });
});

describe('the commands', () => {
  it('retention says what it would pack by the clock of today, and compact writes one file for each ticker', async () => {
    const { store } = await lake.copy();
    const env = { ...lake.environment, MARKETLAKE_DATA_DIR: store.root, PATH: process.env['PATH'] };
    const asked = async (...words: string[]): Promise<unknown> => {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', ...words, '--json'], {
        cwd: projectFolder,
        env,
      });
      return JSON.parse(stdout);
    };
    const told = await asked('client/retention.ts', '--older-than', '40d', '--dry-run');
    expect(told).toMatchObject({ olderThanDays: 40, isDryRun: true, removed: 0, left: [] });
    expect(await asked('client/compact.ts')).toEqual({ files: 3, cells: 17 });
    expect((await verifying(lake.proof(store.root))).findings).toEqual([]);
  });
});

describe('a retention run', () => {
  let small: string[];
  beforeAll(() => {
    const keys = Object.keys(originals);
    const raw = keys.find((key) => /source=csv.*raw\.json$/.test(key)) ?? '';
    small = keys.filter((key) => dirname(key) === dirname(raw));
  });

  /** One batch: small, so that it can be stopped often. */
  async function smallLake(name: string): Promise<LocalStore> {
    const root = join(lake.folder, name);
    const folder = dirname(small[0] ?? '');
    await cp(lake.store.pathOf(folder), join(root, folder), { recursive: true });
    return new LocalStore(root);
  }

  async function expectNothingLost(store: LocalStore): Promise<void> {
    for (const key of small) {
      const kept = await readKept(store, key);
      expect({ key, hash: kept && hashOf(kept.bytes) }).toEqual({ key, hash: originals[key] });
    }
  }

  const withoutPending = async (store: LocalStore): Promise<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(await treeOf(store)).filter(([key]) => !/^(pending|records\/arch)/.test(key)),
    );

  it('may be stopped before any file call: every file is there at that moment, and the next run ends the same', async () => {
    onTestFinished(watchFileCalls());
    const whole = await smallLake('whole');
    await packOldFiles(whole, later);
    const expected = await withoutPending(whole);
    let stops = 0;
    let calls: readonly FileCall[] = [];
    for (; ; stops += 1) {
      const counter = new CallCounter(stops, 'halt');
      const store = await smallLake(`stopped-${stops}`);
      const end = await counted(counter, () => packOldFiles(new LocalStore(store.root), later));
      await expectNothingLost(store);
      await packOldFiles(store, later);
      await expectNothingLost(store);
      expect(await withoutPending(store)).toEqual(expected);
      expect(await readArchiveRecords(store)).toHaveLength(1);
      calls = counter.calls;
      if (end !== 'stopped') break;
    }
    expect(stops).toBeGreaterThan(20);
    const removal = calls.findIndex(({ name, path }) => name === 'rm' && path.includes('/staging/'));
    expect(calls.slice(0, removal).filter(({ name }) => name === 'sync').length).toBeGreaterThan(5);
    const killed = await smallLake('killed');
    // Between the removal of the first file and of the second.
    const act = { act: 'pack', root: killed.root, stopBefore: removal + 1, how: 'kill' } as const;
    expect((await runActs([act])).signal).toBe('SIGKILL');
    expect((await killed.list('staging')).length).toBe(1);
    await expectNothingLost(killed);
    await packOldFiles(killed, later);
    expect(await withoutPending(killed)).toEqual(expected);
  });

  it('may run twice at once, beside a reader who misses nothing', async () => {
    const store = await smallLake('twice');
    let isDone = false;
    const read = async (): Promise<void> => {
      do await expectNothingLost(new LocalStore(store.root));
      while (!isDone);
    };
    const both = Promise.all([1, 2].map(() => packOldFiles(new LocalStore(store.root), later)));
    const reports = await Promise.all([both.finally(() => (isDone = true)), read()]).then(([made]) => made);
    expect(reports.flatMap(({ left }) => left)).toEqual([]);
    expect(await withoutPending(store)).toEqual(
      await withoutPending(new LocalStore(join(lake.folder, 'whole'))),
    );
    expect(await readArchiveRecords(store)).toHaveLength(1);
  });
});
