import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { Child, type Command } from './child.ts';
import type { PeerJob } from './job.ts';
import type { Peer, Scene } from './peer.ts';
import { alone, pythonPeer, scripts, type Revival } from './python-peer.ts';

type Way = 'one-run' | 'steps';

const statusesSchema = z.object({ ids: z.array(z.tuple([z.string(), z.string(), z.string()])) });
const beforeLookingMs = 60_000;
const longestAskMs = 60_000;

/** As the documentation has it for one machine; monitoring and retries are what find runs whose process died. */
const instance = {
  telemetry: { enabled: false },
  run_monitoring: { enabled: true, poll_interval_seconds: 10 },
  run_retries: { enabled: true, max_retries: 3 },
};

/** The variables and the folder of a Dagster instance of a scene's own. */
export async function dagsterEnvironment(scene: Scene, job: PeerJob): Promise<Record<string, string>> {
  const home = join(scene.folder, 'dagster');
  await mkdir(home, { recursive: true });
  // JSON is YAML.
  await writeFile(join(home, 'dagster.yaml'), JSON.stringify(instance));
  return { DAGSTER_HOME: home, BENCH_JOB: job.file, PYTHONWARNINGS: 'ignore', NO_COLOR: '1' };
}

/** A command of dagster_job.py. */
export async function dagsterCommand(
  scene: Scene,
  job: PeerJob,
  args: readonly string[],
  program = 'python',
): Promise<Command> {
  const bin = await scene.environments.bin('dagster');
  const script = program === 'python' ? ['dagster_job.py'] : [];
  return {
    program: join(bin, program),
    args: [...script, ...args],
    env: await dagsterEnvironment(scene, job),
  };
}

/** Asks the instance what became of its runs: id, job and status of each, newest first. */
export async function runsOf(
  scene: Scene,
  job: PeerJob,
): Promise<[id: string, job: string, status: string][]> {
  const child = new Child(await dagsterCommand(scene, job, ['--way', 'statuses']), scripts);
  await child.finished(longestAskMs);
  return statusesSchema.parse(child.lastTold('statuses')).ids;
}

/** In one process nothing watches the run: a person ends it by force in the UI, then has the rest done. */
async function revive(scene: Scene, job: PeerJob, way: Way): Promise<Revival> {
  await pause(beforeLookingMs);
  const [dead] = await runsOf(scene, job);
  if (!dead) throw new Error('Dagster knows of no run');
  const [id, , status] = dead;
  const stateOfDead = `${status}, ${beforeLookingMs / 1000} s after`;
  const notice = 'notice that it died';
  if (way === 'one-run') {
    const acts = [notice, 'materialize the missing partitions'];
    return { stateOfDead, acts, command: await dagsterCommand(scene, job, ['--way', way]) };
  }
  const acts = [notice, 'end the dead run by force', 're-execute it from failure'];
  return { stateOfDead, acts, command: await dagsterCommand(scene, job, ['--way', way, '--again', id]) };
}

function dagster(name: string, label: string, way: Way): Peer {
  return pythonPeer({
    name,
    label,
    open: async () => alone,
    command: (scene, job) => dagsterCommand(scene, job, ['--way', way]),
    revive: (scene, job) => revive(scene, job, way),
  });
}

/** The steps under Dagster in one process. */
export const dagsterPeers: readonly Peer[] = [
  dagster('dagster-steps', 'Dagster in one process, three ops a cell', 'steps'),
  dagster('dagster-one-run', 'Dagster in one process, one run for all partitions', 'one-run'),
];
