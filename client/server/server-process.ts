import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that runs beside us until it is stopped. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when it has ended, by itself or by `stop`. */
  readonly ended: Promise<ProcessEnd>;
  /** Asks it to end, waits, and kills it when patience is over. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal reaches us first and we
 * stop the worker before the server. What it prints is appended to a log file. `patienceMs`: how long `stop`
 * waits; the development server needs one second, the default of ten leaves room for a busy disk.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  logPath: string,
  patienceMs = 10_000,
): Promise<ServerProcess> {
  const log = openSync(logPath, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<ProcessEnd>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  let stopping: Promise<void> | undefined;
  return { pid, ended, stop: () => (stopping ??= stopChild(child, ended, patienceMs)) };
}

async function stopChild(child: ChildProcess, ended: Promise<ProcessEnd>, patienceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(patience);
}
