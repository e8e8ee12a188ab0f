import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../../activities/audit.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { fetch } from '../../activities/fetch.ts';
import { model } from '../../activities/model.ts';
import { publish } from '../../activities/publish.ts';
import { recordCell } from '../../activities/record.ts';
import { stage } from '../../activities/stage.ts';
import { writeTmp } from '../../activities/write-tmp.ts';
import { runRecordsFolder } from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { appendRecord } from '../../lake/records.ts';
import { writeRuntime } from '../../lake/runtime.ts';
import { openProofLake, type ProofLake } from '../../proof/proof-lake.ts';
import { loadSettings } from '../../settings.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { openDeps } from '../../worker/open-deps.ts';
import { datesBetween, type PartitionDate } from '../../workflows/pure/cell.ts';
import type { BatchRef, WindowAsk } from '../../workflows/pure/run.ts';

const run = 'backfill/test';

/** Two APIs and a file, as three assets. */
const overlay = (folder: string): object => ({
  assets: [
    asset('BTC', 'crypto', 'every-day', 'coingecko.market_chart', 'bitcoin'),
    asset('AAPL', 'stock', 'nyse', 'massive.daily_bars', 'AAPL'),
    asset('GOLD', 'index', 'every-day', 'csv.daily_closes', 'gold'),
  ],
  sources: {
    csv: { folder, files: { gold: { file: 'gold.csv', dateColumn: 'Day', columns: { close: 'Price' } } } },
  },
});

function asset(ticker: string, kind: string, calendar: string, dataset: string, symbol: string): object {
  return { ticker, class: kind, calendar, currency: 'USD', sources: [{ dataset, symbol }] };
}

/** One window: a request, and the cells that are taken from its answer. */
export interface MadeWindow {
  readonly ticker: string;
  readonly dataset: string;
  readonly symbol: string;
  readonly from: PartitionDate;
  readonly to: PartitionDate;
  readonly ask?: WindowAsk;
}

/** A lake that the house's own activities made, without a Temporal server. */
export class MadeLake {
  #step = 0;
  #now = new Date('2026-11-18T12:00:00Z');

  private constructor(
    readonly folder: string,
    readonly market: SampleMarket,
    readonly deps: ActivityDeps,
    /** By which a process of its own opens this lake. */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Makes an empty lake, its market and its csv file; with other assets, or variables, where these are given. */
  static async make(
    more: { readonly overlay?: object; readonly environment?: Readonly<Record<string, string>> } = {},
  ): Promise<MadeLake> {
    const folder = await mkdtemp(join(tmpdir(), 'proof-'));
    const csvFolder = join(folder, 'csv');
    await mkdir(csvFolder);
    const config = join(folder, 'overlay.yaml');
    // JSON is YAML.
    await writeFile(config, JSON.stringify(more.overlay ?? overlay(csvFolder)));
    const environment = {
      MARKETLAKE_DATA_DIR: join(folder, 'lake'),
      MARKETLAKE_MARKET: 'sample',
      MARKETLAKE_CONFIG: config,
      ...more.environment,
    };
    const settings = loadSettings(environment);
    const market = await startSampleMarket({ pageSize: 3 });
    await writeRuntime(new LocalStore(settings.lakeFolder), {
      pid: process.pid,
      startedAt: '2026-11-18T12:00:00.000Z',
      temporal: { address: '127.0.0.1:1', uiUrl: null, pid: null },
      marketUrl: market.url,
    });
    const holder: { made?: MadeLake } = {};
    const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
    const deps = await openDeps(settings, client, () => holder.made?.now ?? new Date());
    holder.made = new MadeLake(folder, market, deps, environment);
    holder.made.setNow(holder.made.now);
    return holder.made;
  }

  get now(): Date {
    return this.#now;
  }

  get store(): LocalStore {
    return this.deps.store;
  }

  /** The lake as a proof opens it, knowing nothing of what was read before; or a copy of it. */
  proof(root = this.store.root): ProofLake & { readonly store: LocalStore } {
    const store = new LocalStore(root);
    return { ...openProofLake(store, this.deps.sources), store };
  }

  /** Copies the lake, to be damaged; removed with it. Index and warehouse are left behind unless they are asked for. */
  async copy(withDerived = false): Promise<ProofLake & { readonly store: LocalStore }> {
    const root = join(this.folder, `copy-${(this.#step += 1)}`);
    const filter = (from: string): boolean => withDerived || !/(index|warehouse)[\w.]*$/.test(from);
    await cp(this.store.root, root, { recursive: true, filter });
    return this.proof(root);
  }

  setNow(now: Date): void {
    this.#now = now;
    this.market.setNow(now);
  }

  /** Writes the csv file. */
  async writeCsv(lines: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, 'csv', 'gold.csv'), ['Day,Price', ...lines, ''].join('\n'));
  }

  /** Fetches, stages, writes, audits and publishes, or refuses, as a window and its cells do. */
  async window(window: MadeWindow): Promise<string[]> {
    const { dataset, ticker, symbol, from, to } = window;
    const ask: WindowAsk = window.ask ?? { kind: 'range', symbol, from, to };
    const batch = await this.#fetchAll(dataset, ask);
    const ends: string[] = [];
    for (const date of datesBetween(from, to)) {
      const day = (await this.deps.plannedAssets())
        .find((each) => each.ticker === ticker)
        ?.calendar.day(date);
      if (day?.isOpen) ends.push(await this.#cell({ run, dataset, ticker, date, symbol, batch }));
    }
    return ends;
  }

  /** Rebuilds the warehouse. */
  async model(): Promise<void> {
    await this.#act('model', () => model(this.deps, this.#context));
  }

  async remove(): Promise<void> {
    await this.market.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #fetchAll(dataset: string, ask: WindowAsk): Promise<BatchRef> {
    const batchId = `batch-${(this.#step += 1)}`;
    let target: string | undefined;
    let pageCount = 0;
    do {
      const task = {
        run,
        dataset,
        ask,
        batchId,
        index: pageCount,
        ...(target === undefined ? {} : { target }),
      };
      target = (await this.#act('window/test', () => fetch(this.deps, task))).next;
      pageCount += 1;
    } while (target !== undefined);
    return this.#act('window/test', () =>
      stage(this.deps, this.#context, { dataset, ask, batchId, pageCount }),
    );
  }

  async #cell(cell: Parameters<typeof writeTmp>[1]): Promise<string> {
    const { dataset, ticker, date, batch, symbol } = cell;
    const id = `partition/${date}/${ticker}/${dataset}`;
    const written = await this.#act(id, () => writeTmp(this.deps, cell));
    if (written.outcome !== 'written') return written.outcome;
    const { candidate } = written;
    const judged = await this.#act(id, () =>
      audit(this.deps, this.#context, { dataset, ticker, date, batch, candidate }),
    );
    const key = { dataset, ticker, date, batch };
    if (judged.outcome !== 'passed') {
      const facts = {
        code: 'AuditRefused',
        reason: judged.refusal,
        audit: judged.file,
        discard: candidate.file,
      };
      await this.#act(id, () => recordCell(this.deps, this.#context, { ...key, event: 'refused', ...facts }));
      return 'refused';
    }
    const { contractVersion, file } = judged;
    const task = { ...key, symbol, candidate, contractVersion, audit: file };
    return (await this.#act(id, () => publish(this.deps, this.#context, task))).outcome;
  }

  get #context(): Parameters<typeof publish>[1] {
    const options = {
      patienceSeconds: 60,
      cellsAtOnce: 1,
      windowsAtOnce: 1,
      isSearchable: false,
      meteredSources: [],
    };
    return { lake: this.deps.lake.id, run, options };
  }

  async #act<T>(workflowId: string, act: () => Promise<T>): Promise<T> {
    const environment = new MockActivityEnvironment({
      workflowExecution: {
        workflowId: `${this.deps.lake.id}/${workflowId}`,
        runId: `run-${(this.#step += 1)}`,
      },
    });
    return environment.run(act);
  }
}

/** The dataset and symbol of each asset. */
export const bitcoin = { ticker: 'BTC', dataset: 'coingecko.market_chart', symbol: 'bitcoin' } as const;
export const apple = { ticker: 'AAPL', dataset: 'massive.daily_bars', symbol: 'AAPL' } as const;
export const gold = { ticker: 'GOLD', dataset: 'csv.daily_closes', symbol: 'gold' } as const;

/**
 * Three datasets, a whole market's day, days of several pages, a restatement from each source, a refused candidate
 * and a warehouse.
 */
export async function makeWholeLake(): Promise<MadeLake> {
  const lake = await MadeLake.make();
  const closes = (change: number): string[] =>
    datesBetween('2026-11-09', '2026-11-18').map((date, index) => `${date},${100 + index + change}`);
  await lake.writeCsv(closes(0));
  await lake.window({ ...bitcoin, from: '2026-11-10', to: '2026-11-16' });
  await lake.window({ ...apple, from: '2026-11-09', to: '2026-11-13' });
  await lake.window({ ...gold, from: '2026-11-09', to: '2026-11-12' });
  const grouped = { kind: 'grouped', group: 'stocks', date: '2026-11-16' } as const;
  await lake.window({ ...apple, from: '2026-11-16', to: '2026-11-16', ask: grouped });
  lake.market.order({
    kind: 'patch-bar',
    symbol: 'AAPL',
    date: '2026-11-17',
    change: { op: 'cross' },
    match: { source: 'massive' },
  });
  await lake.window({ ...apple, from: '2026-11-17', to: '2026-11-17' });
  lake.setNow(new Date('2026-11-19T12:00:00Z'));
  lake.market.order({
    kind: 'patch-bar',
    symbol: 'AAPL',
    date: '2026-11-10',
    change: { op: 'multiply', factor: 1.5 },
  });
  await lake.window({ ...apple, from: '2026-11-10', to: '2026-11-11' });
  await lake.writeCsv(closes(0.5));
  await lake.window({ ...gold, from: '2026-11-09', to: '2026-11-10' });
  await appendRecord(lake.store, runRecordsFolder(run), {
    event: 'ended',
    recordedAt: lake.now.toISOString(),
    run,
    outcome: 'completed',
  });
  await lake.model();
  return lake;
}
