import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environmentFor, projectFolder } from '../settings.ts';

/** `npm start` as a process of its own. */
export interface StartChild {
  /** Resolves when it stays up with nothing left to do; rejects where it ends before. */
  readonly atRest: Promise<void>;
  /** Ends it in order, as Ctrl-C does; safe to call twice. */
  readonly stop: () => Promise<void>;
}

const upLine = 'Up until Ctrl-C.';

/**
 * Runs `client/start.ts` and hands on each line that it prints. It has a process group of its own: Ctrl-C reaches it
 * through `stop` alone, since a second one would end it before its server.
 */
export function runStart(
  flags: readonly string[],
  variables: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): StartChild {
  const script = join(projectFolder, 'client', 'start.ts');
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...flags], {
    cwd: projectFolder,
    env: environmentFor(variables),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const atRest = new Promise<void>((resolve, reject) => {
    void ended.then(() => reject(new Error('npm start ended before its backfill did.')));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => (line === upLine ? resolve() : onLine(line)));
  });
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (!isStopping) child.kill('SIGINT');
    isStopping = true;
    await ended;
  };
  return { atRest, stop };
}
