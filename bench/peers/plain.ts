import { join } from 'node:path';
import type { Command } from './child.ts';
import type { PeerJob } from './job.ts';
import type { Peer, Scene } from './peer.ts';
import { alone, pythonPeer } from './python-peer.ts';

async function commandOf(scene: Scene, job: PeerJob, more: readonly string[]): Promise<Command> {
  const bin = await scene.environments.bin('plain');
  return { program: join(bin, 'python'), args: ['plain.py', '--job', job.file, ...more], env: {} };
}

function plain(name: string, label: string, flags: readonly string[]): Peer {
  return pythonPeer({
    name,
    label,
    open: async () => alone,
    command: (scene, job) => commandOf(scene, job, flags),
    revive: async (scene, job) => ({
      stateOfDead: 'nothing knows of it',
      acts: ['notice that it died', 'start it again'],
      command: await commandOf(scene, job, flags),
    }),
  });
}

/** The steps in a loop: the floor, with and without a line that skips what is there. */
export const plainPeers: readonly Peer[] = [
  plain('plain', 'a plain Python loop (no orchestrator)', []),
  plain('plain-skip', '… that skips what is published', ['--skip-published']),
];
