import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentFor, projectFolder } from '../settings.ts';

/** A command as a process of its own. */
export interface CommandChild {
  /** Its exit code; null where it was killed. */
  readonly ended: Promise<number | null>;
  /** Its exit code so far: undefined while it runs, null where it was killed. */
  exitCode(): number | null | undefined;
  output(): string;
  /** Kills it without warning; a process that has ended is left alone. */
  kill(): Promise<void>;
}

/** Starts `client/NAME.ts` on a lake. */
export function startCommand(
  name: string,
  flags: readonly string[],
  variables: Readonly<Record<string, string>>,
): CommandChild {
  const script = join(projectFolder, 'client', `${name}.ts`);
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script, ...flags],
    { cwd: projectFolder, env: environmentFor(variables), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    exitCode: () => (child.signalCode === null ? (child.exitCode ?? undefined) : null),
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
