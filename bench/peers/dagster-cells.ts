import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { coins } from '../shape.ts';
import { Child } from './child.ts';
import { publishedIn, untilPublished, watchKill } from './count.ts';
import { dagsterCommand, runsOf } from './dagster.ts';
import type { PeerJob } from './job.ts';
import type { KillStory, Peer, Scene, Speed } from './peer.ts';
import { scripts } from './python-peer.ts';

/** A run takes seconds: so few days of each coin, and the rate is extrapolated. */
const mostDays = 3;
const longestMs = 10 * 60_000;
const startMs = 10_000;
/** Long enough for the daemon's monitoring and its retries. */
const longestHealMs = 4 * 60_000;

interface Opened {
  readonly job: PeerJob;
  readonly daemon: Child;
  readonly launch: () => Promise<void>;
}

/** Starts Dagster's daemon, which starts a process for each run. */
async function open(scene: Scene): Promise<Opened> {
  const job = await scene.job();
  const file = ['--python-file', 'dagster_job.py'];
  const daemon = new Child(await dagsterCommand(scene, job, ['run', ...file], 'dagster-daemon'), scripts);
  await pause(startMs);
  if (!daemon.isRunning) throw new Error(`Dagster's daemon did not come up:\n${daemon.output}`);
  const launch = async (): Promise<void> => {
    await new Child(await dagsterCommand(scene, job, ['--way', 'windows']), scripts).finished(longestMs);
    const args = ['job', 'backfill', ...file, '--job', 'cells_job', '--all', '_', '--noprompt'];
    const command = await dagsterCommand(scene, job, args, 'dagster');
    await new Child(command, scripts).finished(longestMs);
  };
  return { job, daemon, launch };
}

/** What neither monitoring nor retries put right in the time that they are given. */
async function untilHealed(scene: Scene, job: PeerJob): Promise<{ open: number; missing: number }> {
  const lastMs = performance.now() + longestHealMs;
  for (;;) {
    const statuses = (await runsOf(scene, job)).map(([, , status]) => status);
    const open = statuses.filter((status) => !['SUCCESS', 'FAILURE', 'CANCELED'].includes(status)).length;
    const missing = job.cellCount - (await publishedIn(job.root));
    if (open + missing === 0 || performance.now() > lastMs) return { open, missing };
    await pause(2_000);
  }
}

async function measure(scene: Scene): Promise<Speed> {
  const { job, daemon, launch } = await open(scene);
  try {
    const startedMs = performance.now();
    await launch();
    await untilPublished(job.root, job.cellCount, () => !daemon.isRunning, longestMs);
    const seconds = (performance.now() - startedMs) / 1000;
    // Its processor time is that of many short processes, which nobody adds up.
    const unknown = { workerCpuSeconds: NaN, serverCpuSeconds: NaN, workerPeakMb: NaN };
    return { cells: job.cellCount, seconds, requests: scene.market.requests.length, ...unknown };
  } finally {
    await daemon.end();
  }
}

async function kill(scene: Scene): Promise<KillStory> {
  const { job, daemon, launch } = await open(scene);
  const watch = watchKill(job.root);
  try {
    await launch();
    await untilPublished(job.root, job.cellCount / 2, () => !daemon.isRunning, longestMs);
    const killed = await runWorkersBelow(daemon.pid);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    const publishedAtKill = await publishedIn(job.root);
    const { open: stuck, missing } = await untilHealed(scene, job);
    const stateOfDead = `${killed.length} runs killed, ${stuck} of them open in the end`;
    const acts = [
      ...(stuck > 0 ? [`end ${stuck} runs`] : []),
      ...(missing > 0 ? [`launch ${missing} partitions again`] : []),
    ];
    const requests = scene.market.requests.length;
    return await watch.count({ cells: job.cellCount, publishedAtKill, requests, acts, stateOfDead });
  } finally {
    await watch.stop();
    await daemon.end();
  }
}

/** The processes that do the steps: those below the daemon that execute a run. */
async function runWorkersBelow(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : '';
    if (stat !== '') parents.set(Number(name), Number(stat.split(') ').at(-1)?.split(' ')[1]));
  }
  const isBelow = (pid: number): boolean => {
    for (let next = parents.get(pid); next !== undefined && next > 1; next = parents.get(next))
      if (next === root) return true;
    return false;
  };
  const found: number[] = [];
  for (const pid of parents.keys()) {
    const line = isBelow(pid) ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
    // The code server starts a run's process by way of Python's multiprocessing.
    if (line.includes('execute_run') || line.includes('spawn_main')) found.push(pid);
  }
  return found;
}

/** Dagster's default: a run, and so a process, for each partition. */
export const dagsterCellsPeer: Peer = {
  name: 'dagster-run-a-cell',
  label: `Dagster, a run a cell (${coins.length * mostDays} cells, extrapolated)`,
  mostDays,
  measure,
  kill,
};
