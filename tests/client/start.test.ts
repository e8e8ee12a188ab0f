import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../client/stack/process-alive.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { readRuntime, type Runtime } from '../../lake/runtime.ts';
import { projectFolder } from '../../settings.ts';
import { cliTimeoutMs, temporalCliPath } from '../support/temporal-cli.ts';
import { until } from '../support/until.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-start-'));
  environment = {
    ...process.env,
    MARKETLAKE_DATA_DIR: folder,
    MARKETLAKE_MARKET: 'sample',
    TEMPORAL_CLI_PATH: await temporalCliPath(),
  };
}, cliTimeoutMs);
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.yaml`, { force: true });
});

/** Leaves the report out, which takes longer than all else of so small a run. */
async function withoutReport(): Promise<void> {
  await writeFile(`${folder}.yaml`, 'run: { report: false }\n');
  environment['MARKETLAKE_CONFIG'] = `${folder}.yaml`;
}

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

function start(...words: string[]): Started {
  const script = join(projectFolder, 'client', 'start.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...words], {
    cwd: projectFolder,
    env: environment,
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, text: () => text, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

/** The worker that a start keeps, found among its child processes. */
function workerOf(parent: number | undefined): number | undefined {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command=']).toString().split('\n');
  const line = lines.find(
    (each) => each.trim().split(/\s+/)[1] === String(parent) && each.includes('worker/main.ts'),
  );
  return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
}

const runtimeOf = async (): Promise<Runtime | undefined> => readRuntime(new LocalStore(folder));

describe('npm start', () => {
  it('with --once brings everything up, fills the lake, says where it lies, and takes everything down', async () => {
    const first = start('--once', '--days', '3', '--tickers', 'BTC,AAPL');
    expect(await first.ended).toBe(0);
    expect(first.text()).toMatch(/Plan \d{4}-\d\d-\d\d … \d{4}-\d\d-\d\d: 6 cells due/);
    expect(first.text()).toMatch(/BTC\s+3 published/);
    expect(first.text()).toContain('These prices are synthetic');
    expect(first.text()).toContain(`duckdb -readonly ${join(folder, 'warehouse.duckdb')}`);
    expect(existsSync(join(folder, 'report', 'index.html'))).toBe(true);
    expect(await runtimeOf()).toBeUndefined();

    const second = start('--once', '--days', '3', '--tickers', 'BTC,AAPL');
    expect(await second.ended).toBe(0);
    expect(second.text()).toMatch(/0 to do/);
    expect(second.text()).toMatch(/nothing to do: \d published/);
  });

  it('stays up until Ctrl-C; a second start joins it, and a worker that dies is replaced', async () => {
    await withoutReport();
    const first = start('--days', '2', '--tickers', 'BTC');
    await until(() => first.text().includes('Up until Ctrl-C'));
    const runtime = await runtimeOf();
    expect(runtime?.pid).toBe(first.child.pid);

    const second = start('--days', '2', '--tickers', 'BTC');
    expect(await second.ended).toBe(0);
    expect(second.text()).toContain(`Joining what process ${first.child.pid} keeps up`);

    const worker = workerOf(first.child.pid);
    process.kill(worker ?? 0, 'SIGKILL');
    await until(() => first.text().includes('The worker ended (SIGKILL); starting another'));
    await until(
      () => readFileSync(join(folder, 'logs', 'worker.log'), 'utf8').match(/worker ready/g)?.length === 2,
    );
    const third = start('--days', '3', '--tickers', 'BTC');
    expect(await third.ended).toBe(0);
    expect(workerOf(first.child.pid)).not.toBe(worker);

    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(await runtimeOf()).toBeUndefined();
    expect(isAlive(runtime?.temporal.pid ?? 0)).toBe(false);
    expect(existsSync(join(folder, 'leases', 'start.json'))).toBe(false);
  });

  it('that was killed leaves a server which the next start takes over instead of starting another on its database', async () => {
    await withoutReport();
    const first = start('--days', '1', '--tickers', 'BTC');
    await until(() => first.text().includes('Up until Ctrl-C'));
    const left = (await runtimeOf())?.temporal;
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start('--once', '--days', '1', '--tickers', 'BTC');
    expect(await second.ended).toBe(0);
    expect(second.text()).toContain(`Taking over the Temporal server at ${left?.address}`);
    expect(isAlive(left?.pid ?? 0)).toBe(false);
  });

  it('refuses a day that does not exist with exit code 2, and starts nothing', async () => {
    const refused = start('--from', '2026-02-30');
    expect(await refused.ended).toBe(2);
    expect(refused.text()).toContain('--from 2026-02-30: there is no such date');
    expect(existsSync(join(folder, 'temporal.db'))).toBe(false);
  });
});
