import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../client/server/free-port.ts';
import { projectFolder } from '../settings.ts';
import { temporalCliPath } from '../tests/support/temporal-cli.ts';
import type { BenchServer } from './measure.ts';
import { onExit } from './on-exit.ts';

const run = promisify(execFile);
const script = join(projectFolder, 'deploy', 'local-postgres', 'temporal.sh');
const firstPort = 27_300;
const longestBuildMs = 30 * 60_000;
const longestStopMs = 60_000;

/** Starts Temporal's server on a PostgreSQL of its own, in a folder that goes with it; only what is built is kept. */
export async function startPostgresServer(built: string): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
  await chmod(folder, 0o711);
  await mkdir(join(built, 'bin'), { recursive: true });
  await symlink(join(built, 'bin'), join(folder, 'bin'));
  const environment = { ...process.env, TEMPORAL_CLI_PATH: await temporalCliPath() };
  const callOff = onExit(() => void execFileSync('sh', [script, 'stop', folder], { timeout: longestStopMs }));
  const close = async (): Promise<void> => {
    callOff();
    await run('sh', [script, 'stop', folder], { timeout: longestStopMs });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const args = [script, 'start', folder, String(await freePort(firstPort))];
    const { stdout } = await run('sh', args, { timeout: longestBuildMs, env: environment });
    const [server = 0] = await pidsIn(join(folder, 'server.pid'));
    const [postgres = 0] = await pidsIn(join(folder, 'data', 'postmaster.pid'));
    const backends = await childrenOf(postgres);
    return { address: stdout.trim(), pids: () => [server, postgres, ...backends], close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function pidsIn(file: string): Promise<number[]> {
  return [Number((await readFile(file, 'utf8')).split('\n')[0])];
}

/** The server keeps its connections, and so PostgreSQL the processes behind them. */
async function childrenOf(parent: number): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    names.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)),
  );
  return names
    .filter((_name, index) => Number(stats[index]?.split(') ').at(-1)?.split(' ')[1]) === parent)
    .map(Number);
}
