import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../client/server/free-port.ts';
import { Child, type Command } from './child.ts';
import type { PeerJob } from './job.ts';
import type { Peer, Scene } from './peer.ts';
import { pythonPeer, scripts, type Companion, type Revival } from './python-peer.ts';

interface Way {
  readonly way: 'five' | 'three' | 'one';
  readonly keepsResults: boolean;
}

interface PrefectServer extends Companion {
  readonly api: string;
}

/** Tasks of one flow at once: more was no faster on two cores. */
const atOnce = '16';
const firstPort = 31_200;
const longestStartMs = 120_000;
/** Longer than any heartbeat that could tell a server of a death. */
const beforeLookingMs = 60_000;

const runSchema = z.object({ state_type: z.string() });
const toldRunSchema = z.object({ id: z.string() });

const servers = new WeakMap<Scene, PrefectServer>();

/** As the documentation has it for one machine: its server with SQLite; logs stay out of the server, which is faster. */
function settingsOf(scene: Scene, api?: string): Record<string, string> {
  return {
    PREFECT_HOME: join(scene.folder, 'prefect'),
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_LOGGING_TO_API_ENABLED: 'false',
    PREFECT_LOGGING_LEVEL: 'WARNING',
    DO_NOT_TRACK: '1',
    ...(api === undefined ? {} : { PREFECT_API_URL: api }),
  };
}

async function openServer(scene: Scene): Promise<PrefectServer> {
  const program = join(await scene.environments.bin('prefect'), 'prefect');
  const port = await freePort(firstPort);
  const args = ['server', 'start', '--host', '127.0.0.1', '--port', String(port)];
  const child = new Child({ program, args, env: settingsOf(scene) }, scene.folder);
  const api = `http://127.0.0.1:${port}/api`;
  const server = { api, pids: [child.pid], close: () => child.end() };
  try {
    await untilHealthy(api, child);
  } catch (error) {
    await server.close();
    throw error;
  }
  servers.set(scene, server);
  return server;
}

async function untilHealthy(api: string, child: Child): Promise<void> {
  const lastMs = performance.now() + longestStartMs;
  while (!(await fetch(`${api}/health`).catch(() => undefined))?.ok) {
    if (!child.isRunning || performance.now() > lastMs)
      throw new Error(`Prefect's server did not come up:\n${child.output}`);
    await pause(250);
  }
}

function serverOf(scene: Scene): PrefectServer {
  const server = servers.get(scene);
  if (!server) throw new Error('Prefect’s server was not started');
  return server;
}

async function commandOf(scene: Scene, job: PeerJob, { way, keepsResults }: Way): Promise<Command> {
  const bin = await scene.environments.bin('prefect');
  const env = {
    ...settingsOf(scene, serverOf(scene).api),
    BENCH_JOB: job.file,
    BENCH_WAY: way,
    BENCH_RESULTS: keepsResults ? '1' : '0',
    BENCH_AT_ONCE: atOnce,
  };
  return { program: join(bin, 'python'), args: ['prefect_job.py'], env };
}

/**
 * A run whose process is gone stays as it was. Where results are kept, `flow-run retry` skips the tasks that have one,
 * but takes only a run that has ended: a person says so first. Without results the flow is run anew.
 */
async function revive(scene: Scene, job: PeerJob, dead: Child, way: Way): Promise<Revival> {
  const { id } = toldRunSchema.parse(dead.lastTold('run'));
  const { api } = serverOf(scene);
  await pause(beforeLookingMs);
  const { state_type: state } = runSchema.parse(await (await fetch(`${api}/flow_runs/${id}`)).json());
  const again = await commandOf(scene, job, way);
  const notice = 'notice that it died';
  const stateOfDead = `${state}, ${beforeLookingMs / 1000} s after`;
  const isStuck = state === 'RUNNING' || state === 'PENDING';
  if (isStuck) await setCrashed(api, id);
  const marked = isStuck ? ['set the dead run to crashed'] : [];
  if (!way.keepsResults) return { stateOfDead, acts: [notice, ...marked, 'start it again'], command: again };
  const entrypoint = `${join(scripts, 'prefect_job.py')}:backfill`;
  const program = again.program.replace(/python$/, 'prefect');
  const args = ['flow-run', 'retry', id, '--entrypoint', entrypoint];
  return { stateOfDead, acts: [notice, ...marked, 'retry the run'], command: { ...again, program, args } };
}

async function setCrashed(api: string, id: string): Promise<void> {
  const answer = await fetch(`${api}/flow_runs/${id}/set_state`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: { type: 'CRASHED', name: 'Crashed' }, force: true }),
  });
  if (!answer.ok) throw new Error(`Prefect did not let a run be set to crashed: ${await answer.text()}`);
}

function prefect(name: string, label: string, way: Way): Peer {
  return pythonPeer({
    name,
    label,
    open: openServer,
    command: (scene, job) => commandOf(scene, job, way),
    revive: (scene, job, dead) => revive(scene, job, dead, way),
  });
}

/** The steps as tasks of Prefect. */
export const prefectPeers: readonly Peer[] = [
  prefect('prefect-five', 'Prefect, five tasks a cell', { way: 'five', keepsResults: false }),
  prefect('prefect-five-results', '… with results kept, so that a retry skips them', {
    way: 'five',
    keepsResults: true,
  }),
  prefect('prefect-three', 'Prefect, three tasks a cell, two a window', {
    way: 'three',
    keepsResults: false,
  }),
  prefect('prefect-one', 'Prefect, one task a cell', { way: 'one', keepsResults: false }),
];
