import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchAttributes } from '../../client/command/lake-client.ts';
import { startDevServer, type DevServer } from '../../client/server/dev-server.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { writeRuntime } from '../../lake/runtime.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { projectFolder } from '../../settings.ts';
import { temporalCliPath } from '../support/temporal-cli.ts';
import { CommandHost } from './hosted/command-host.ts';
import type { Said } from './hosted/said.ts';

/** Three assets, one of each kind, no report, and little patience: what fails here is meant to. */
export const smallConfig = {
  assets: [
    {
      ticker: 'BTC',
      class: 'crypto',
      calendar: 'every-day',
      currency: 'USD',
      sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
    },
    {
      ticker: 'AAPL',
      class: 'stock',
      calendar: 'nyse',
      currency: 'USD',
      sources: [{ dataset: 'massive.daily_bars', symbol: 'AAPL' }],
    },
    {
      ticker: 'EURUSD',
      class: 'fx',
      calendar: 'fx',
      currency: 'USD',
      sources: [{ dataset: 'massive.daily_bars', symbol: 'C:EURUSD' }],
    },
  ],
  run: { patienceMinutes: 0.05, report: false },
};

/** A lake's folder and the configuration that its commands and its worker read. */
export class Place {
  #host: CommandHost | undefined;

  constructor(
    readonly lake: string,
    readonly config: string,
  ) {}

  /** Makes a new, empty lake's folder with a configuration laid over the default one. */
  static async create(config: object = smallConfig): Promise<Place> {
    const folder = await mkdtemp(join(tmpdir(), 'commands-'));
    const place = new Place(join(folder, 'lake'), join(folder, 'config.yaml'));
    await place.configure(config);
    return place;
  }

  /** Changes the configuration; JSON is YAML too. */
  async configure(config: object): Promise<void> {
    await writeFile(this.config, JSON.stringify(config));
  }

  /**
   * Runs one command to its end, in a process that has its modules loaded already, or in one of its own where
   * that is busy.
   */
  async run(command: string, ...words: string[]): Promise<Said> {
    const host = (this.#host ??= new CommandHost(this.#environment()));
    return host.isBusy ? this.runApart(command, ...words) : host.run(command, words);
  }

  /** Runs one command in a process of its own, as a person would. */
  async runApart(command: string, ...words: string[]): Promise<Said> {
    const child = spawn(process.execPath, ['--import', 'tsx', join('client', `${command}.ts`), ...words], {
      cwd: projectFolder,
      env: this.#environment(),
    });
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => error.push(bytes));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
  }

  /** Runs one command with `--json` and reads what it printed. */
  async json<T>(
    command: string,
    ...words: string[]
  ): Promise<{ readonly code: number | null; readonly value: T }> {
    const { code, out, error } = await this.run(command, ...words, '--json');
    if (out === '') throw new Error(`${command} printed no JSON: ${error}`);
    return { code, value: JSON.parse(out) as T };
  }

  /** Starts a worker for this lake and waits until it is ready. */
  async startWorker(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx', join('worker', 'main.ts')], {
      cwd: projectFolder,
      env: this.#environment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const error: Buffer[] = [];
    child.stderr?.on('data', (bytes: Buffer) => error.push(bytes));
    const [event] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (event !== 'ready') throw new Error(`The worker did not come up: ${Buffer.concat(error).toString()}`);
    return child;
  }

  /** Ends the process of its commands and removes the folder. */
  async remove(): Promise<void> {
    await this.#host?.stop();
    await rm(join(this.config, '..'), { recursive: true, force: true });
  }

  /** Nothing of the machine's own settings may reach the commands. */
  #environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(TEMPORAL|MARKETLAKE)_|_(API_KEY|API_KEY_FILE|BASE_URL)$/.test(name),
    );
    return { ...Object.fromEntries(kept), MARKETLAKE_DATA_DIR: this.lake, MARKETLAKE_CONFIG: this.config };
  }
}

/** A server, a sample market, and one lake with a worker. */
export interface World {
  readonly place: Place;
  readonly market: SampleMarket;
  readonly server: DevServer;
  /** Tells another lake where the same server and market are; it gets no worker. */
  introduce(place: Place): Promise<void>;
  stop(): Promise<void>;
}

/** Brings a world up; `port` is where its server looks for a free port first. */
export async function startWorld(port: number): Promise<World> {
  const place = await Place.create();
  const market = await startSampleMarket();
  const server = await startDevServer({
    cliPath: await temporalCliPath(),
    dbPath: join(place.config, '..', 'temporal.db'),
    logPath: join(place.config, '..', 'temporal.log'),
    port,
    uiPort: port + 1_000,
    searchAttributes,
  });
  const introduce = async ({ lake }: Place): Promise<void> => {
    await writeRuntime(new LocalStore(lake), {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      temporal: { address: server.address, uiUrl: server.uiUrl, pid: server.pid },
      marketUrl: market.url,
    });
  };
  await introduce(place);
  const stopRest = async (): Promise<void> => {
    await market.close();
    await server.stop();
    await place.remove();
  };
  const worker = await place.startWorker().catch(async (error: unknown) => {
    await stopRest();
    throw error;
  });
  const stop = async (): Promise<void> => {
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');
    await ended;
    await stopRest();
  };
  return { place, market, server, introduce, stop };
}

/** A cell as `status --json` tells it. */
export interface StatusCell {
  readonly ticker: string;
  readonly date: string;
  readonly state: string;
  readonly reason?: string;
}

/** What `status --json` prints. */
export interface Status {
  readonly counts: Readonly<Record<string, number>>;
  readonly isRunningKnown: boolean;
  readonly runs: readonly string[];
  readonly cells: readonly StatusCell[];
}
