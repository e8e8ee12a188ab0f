import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { useOf } from '../process-use.ts';
import { Child, endedSchema, type Command } from './child.ts';
import { publishedIn, untilPublished, watchKill } from './count.ts';
import type { PeerJob } from './job.ts';
import type { KillStory, Peer, Scene, Speed } from './peer.ts';

/** Where the Python files lie. */
export const scripts = fileURLToPath(new URL('.', import.meta.url));

const longestRunMs = 15 * 60_000;

/** What stays up while the process that does the steps dies. */
export interface Companion {
  readonly pids: readonly number[];
  close(): Promise<void>;
}

/** What is done after a kill. */
export interface Revival {
  readonly stateOfDead: string;
  readonly acts: readonly string[];
  readonly command: Command;
}

/** A peer whose steps one Python process does. */
export interface PythonWay {
  readonly name: string;
  readonly label: string;
  readonly open: (scene: Scene, job: PeerJob) => Promise<Companion>;
  readonly command: (scene: Scene, job: PeerJob) => Promise<Command>;
  /** Looks what is known of the dead run, does what a person must, and says how it is started again. */
  readonly revive: (scene: Scene, job: PeerJob, dead: Child) => Promise<Revival>;
}

/** What has nothing beside its own process. */
export const alone: Companion = { pids: [], close: async () => undefined };

/** Makes a peer of a way. */
export function pythonPeer(way: PythonWay): Peer {
  return {
    name: way.name,
    label: way.label,
    measure: (scene) => measure(way, scene),
    kill: (scene) => kill(way, scene),
  };
}

async function measure(way: PythonWay, scene: Scene): Promise<Speed> {
  const job = await scene.job();
  const companion = await way.open(scene, job);
  const child = new Child(await way.command(scene, job), scripts);
  try {
    const before = companion.pids.map(cpuOf);
    await child.finished(longestRunMs);
    const after = companion.pids.map(cpuOf);
    const ended = endedSchema.parse(child.lastTold('ended'));
    const cells = await publishedIn(job.root);
    if (cells !== job.cellCount) throw new Error(`${cells} of ${job.cellCount} cells were published`);
    return {
      cells,
      seconds: ended.seconds,
      requests: scene.market.requests.length,
      workerCpuSeconds: ended.cpuSeconds,
      serverCpuSeconds: after.reduce((sum, one, index) => sum + one - (before[index] ?? 0), 0),
      workerPeakMb: ended.peakMb,
    };
  } finally {
    await child.end();
    await companion.close();
  }
}

function cpuOf(pid: number): number {
  return existsSync(`/proc/${pid}`) ? useOf(pid).cpuSeconds : 0;
}

async function kill(way: PythonWay, scene: Scene): Promise<KillStory> {
  const job = await scene.job();
  const companion = await way.open(scene, job);
  const first = new Child(await way.command(scene, job), scripts);
  const watch = watchKill(job.root);
  let second: Child | undefined;
  try {
    await untilPublished(job.root, job.cellCount / 2, () => !first.isRunning, longestRunMs);
    first.signal('SIGKILL');
    await first.ended(10_000);
    const publishedAtKill = await publishedIn(job.root);
    const { command, acts, stateOfDead } = await way.revive(scene, job, first);
    second = new Child(command, scripts);
    await second.finished(longestRunMs);
    const requests = scene.market.requests.length;
    return await watch.count({ cells: job.cellCount, publishedAtKill, requests, acts, stateOfDead });
  } finally {
    await watch.stop();
    await first.end();
    await second?.end();
    await companion.close();
  }
}
