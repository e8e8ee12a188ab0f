import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { workerCommand } from '../../worker/worker-command.ts';

/** The lake's worker as a process of its own, which a test may kill. */
export interface WorkerChild {
  readonly pid: number;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Kills it without warning, whatever it is at. */
  kill(): Promise<void>;
  /** Asks it to end in order, and waits. */
  stop(): Promise<void>;
}

/** Starts `worker/main.ts` and waits until it takes work. It ends by itself where the test dies. */
export async function startWorkerChild(environment: Readonly<Record<string, string>>): Promise<WorkerChild> {
  const { args, env } = workerCommand(environment);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  const [first] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
  if (first !== 'ready') throw new Error(`The worker did not come up:\n${output}`);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    kill: () => endWith(child, ended, 'SIGKILL'),
    stop: () => endWith(child, ended, 'SIGTERM'),
  };
}

async function endWith(
  child: ChildProcess,
  ended: Promise<unknown>,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await ended;
}
