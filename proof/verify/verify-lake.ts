import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readKept } from '../../lake/archive/archives.ts';
import { keysIn } from '../../lake/cells-with-records.ts';
import { openFileReader } from '../../lake/file-reader.ts';
import { readIdentity } from '../../lake/identity.ts';
import { LakeError } from '../../lake/lake-error.ts';
import { stagingFolder } from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { inParallel } from '../in-parallel.ts';
import type { ProofLake } from '../proof-lake.ts';
import { orWords } from '../or-words.ts';
import { checkArchives } from './check-archives.ts';
import { checkCell, type SoundFile } from './check-cell.ts';
import { checkCompact } from './check-compact.ts';
import { checkContracts } from './check-contracts.ts';
import { checkDerived } from './check-derived.ts';
import { checkLeftovers, checkPlaces } from './check-places.ts';
import { checkRecords } from './check-records.ts';
import { checkBatch, stagedBatches } from './check-staging.ts';
import { cellTrees, checkTicker } from './check-ticker.ts';
import { damage, type Finding } from './finding.ts';
import { auditAgain } from './re-audit.ts';

/** What verify did. */
export interface VerifyReport {
  readonly cells: number;
  readonly publishedFiles: number;
  readonly auditedAgain: number;
  readonly batches: number;
  readonly findings: readonly Finding[];
}

/** How verify goes about it. */
export interface VerifyOptions {
  /** False: hashes only, no audit. Default: true. */
  readonly isAuditing?: boolean;
  /** How long a lake that seems damaged is left alone before it is looked at again. */
  readonly lookAgainAfterMs?: number;
  readonly now: Date;
  readonly onProgress?: (step: string) => void;
}

const unitsAtOnce = 4;
const filesOfOneQuery = 1_000;

/** A part of the lake that is checked by itself, and can be checked once more. */
type Check = () => Promise<readonly Finding[]>;

/**
 * Holds a lake against itself: every record, every file that one names, every batch, and that there is nothing
 * else; then what is derived. Beside a living worker a cell may change under its eyes, so that whatever seems
 * wrong is looked at twice, and only what is wrong both times is told.
 */
export async function verifyLake(
  lake: ProofLake & { readonly store: LocalStore },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const folder = await mkdtemp(join(tmpdir(), 'marketlake-verify-'));
  const instance = await openFileReader({
    // Kept in order, small files take more than twice the memory.
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  try {
    return await new Verification(lake, options, folder, connection).run();
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

class Verification {
  readonly #doubtful: { readonly first: readonly Finding[]; readonly check: Check }[] = [];
  /** Batches that records name, each with one such record. */
  readonly #wanted = new Map<string, string>();
  readonly #toAudit = new Map<string, SoundFile[]>();
  readonly #counts = { cells: 0, publishedFiles: 0, auditedAgain: 0, batches: 0 };

  constructor(
    private readonly lake: ProofLake & { readonly store: LocalStore },
    private readonly options: VerifyOptions,
    private readonly folder: string,
    private readonly connection: DuckDBConnection,
  ) {}

  async run(): Promise<VerifyReport> {
    const { store } = this.lake;
    await this.#look(() => checkIdentity(store));
    await this.#look(() => checkPlaces(store));
    await this.#look(() => checkContracts(store));
    await this.#look(() => checkArchives(store));
    await this.#look(() => checkCompact(store));
    await this.#tickers();
    await this.#otherRecords();
    await this.#staging();
    this.options.onProgress?.('index and warehouse');
    await this.#look(() => checkDerived(store, this.folder));
    await this.#look(() => checkLeftovers(store, this.options.now));
    return { ...this.#counts, findings: await this.#confirmed() };
  }

  async #look(check: Check): Promise<void> {
    const first = await check();
    if (first.length > 0) this.#doubtful.push({ first, check });
  }

  async #tickers(): Promise<void> {
    const { lake, options } = this;
    await inParallel(await tickerFolders(lake.store), unitsAtOnce, async (segments) => {
      const { findings: first, cells } = await checkTicker(lake, segments);
      if (first.length > 0)
        this.#doubtful.push({ first, check: async () => (await checkTicker(lake, segments)).findings });
      for (const { sound, batches } of cells) {
        this.#counts.cells += 1;
        for (const { source, batch, record } of batches)
          this.#wanted.set(stagingFolder(source, batch.ingestionDate, batch.id), record);
        if (sound) await this.#take(sound);
      }
      options.onProgress?.(`${this.#counts.cells} cells`);
    });
    for (const files of this.#toAudit.values()) await this.#audit(files.splice(0));
  }

  /** Files wait until there are enough of one contract for a query. */
  async #take(sound: SoundFile): Promise<void> {
    this.#counts.publishedFiles += 1;
    if (this.options.isAuditing === false) return;
    const key = `${sound.cell.dataset} ${sound.contract.sha256}`;
    const waiting = this.#toAudit.get(key) ?? [];
    this.#toAudit.set(key, waiting);
    waiting.push(sound);
    if (waiting.length >= filesOfOneQuery) await this.#audit(waiting.splice(0));
  }

  async #audit(files: readonly SoundFile[]): Promise<void> {
    const [first] = files;
    const shelved =
      first && (await this.lake.contracts.find({ ...first.contract, dataset: first.cell.dataset }));
    if (shelved?.outcome !== 'found') return;
    const findings = await auditAgain(this.lake, this.connection, shelved.contract, files);
    this.#counts.auditedAgain += files.length;
    for (const finding of findings) {
      const file = files.find((each) => each.file === finding.path);
      if (!file) continue;
      const check = async (): Promise<readonly Finding[]> => {
        const { sound } = await checkCell(this.lake, file.cell);
        return sound ? auditAgain(this.lake, this.connection, shelved.contract, [sound]) : [];
      };
      this.#doubtful.push({ first: [finding], check });
    }
  }

  /** Windows, runs, archives and alerts have numbered records too. */
  async #otherRecords(): Promise<void> {
    const { store } = this.lake;
    for (const kind of ['records/windows', 'records/runs', 'records/archives']) {
      await inParallel(await store.namesIn(kind), unitsAtOnce, async (name) =>
        this.#look(async () => (await checkRecords(store, `${kind}/${name}`)).findings),
      );
    }
    for (const kind of await store.namesIn('records/alerts')) {
      await inParallel(await store.namesIn(`records/alerts/${kind}`), unitsAtOnce, async (key) =>
        this.#look(async () => (await checkRecords(store, `records/alerts/${kind}/${key}`)).findings),
      );
    }
  }

  async #staging(): Promise<void> {
    const { store } = this.lake;
    await inParallel(stagedBatches(store), unitsAtOnce, async (staged) => {
      await this.#look(() => checkBatch(store, staged));
      this.#wanted.delete(stagingFolder(staged.source, staged.batch.ingestionDate, staged.batch.id));
      this.#counts.batches += 1;
    });
    for (const [batch, record] of this.#wanted) {
      await this.#look(async () => {
        const kept = (await orWords(readKept(store, `${batch}/manifest.json`))) ?? 'no folder';
        const expected = `the batch that ${record} names`;
        return typeof kept === 'string' ? [damage('missing', batch, expected, kept, 'staging')] : [];
      });
    }
  }

  /** Looks again at what seemed wrong, once whoever was at work has had time to finish. */
  async #confirmed(): Promise<Finding[]> {
    if (this.#doubtful.length > 0) await pause(this.options.lookAgainAfterMs ?? 1_000);
    const findings: Finding[] = [];
    for (const { first, check } of this.#doubtful) {
      const second = await check();
      const isThere = (finding: Finding): boolean =>
        second.some(({ kind, path }) => kind === finding.kind && path === finding.path);
      findings.push(...first.filter(isThere));
    }
    return dedupe(findings).sort((left, right) => (left.path < right.path ? -1 : 1));
  }
}

/** Many cells name one contract; one finding is enough. */
function dedupe(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.kind} ${finding.path}`, finding])).values()];
}

async function checkIdentity(store: LocalStore): Promise<Finding[]> {
  const broken = (kind: 'missing' | 'altered', found: string): Finding[] => [
    damage(kind, 'lake.json', 'who this lake is', found, 'record'),
  ];
  try {
    return (await readIdentity(store)) ? [] : broken('missing', 'no file');
  } catch (error) {
    if (error instanceof LakeError) return broken('altered', error.message);
    throw error;
  }
}

/** `source=S/resource=R/ticker=T` of every ticker that any tree of the lake knows, sorted. */
async function tickerFolders(store: LocalStore): Promise<string[]> {
  const found = new Set<string>();
  for (const tree of cellTrees) {
    for (const source of await keysIn(store, tree, 'source')) {
      for (const resource of await keysIn(store, source.folder, 'resource')) {
        for (const ticker of await keysIn(store, resource.folder, 'ticker'))
          found.add(ticker.folder.slice(tree.length + 1));
      }
    }
  }
  return [...found].sort();
}
