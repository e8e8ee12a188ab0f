import { spawn } from 'node:child_process';

/** How a command ended; `code` is null where it could not start or was ended by a signal. */
export interface CommandEnd {
  readonly code: number | null;
  /** What it printed on both streams, the last 64 KiB. */
  readonly output: string;
  /** Why it could not be started, or which signal ended it. */
  readonly trouble?: string;
}

const keptCharacters = 65_536;

/** Runs a command to its end, bounded by a time or a signal; never rejects. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs?: number; readonly cwd?: string; readonly signal?: AbortSignal } = {},
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-keptCharacters);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: null, output, trouble: error.message }));
    child.on('close', (code, signal) =>
      resolve(signal === null ? { code, output } : { code, output, trouble: `ended by ${signal}` }),
    );
  });
}

/** The last lines of a text that are not blank, for an error message. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
