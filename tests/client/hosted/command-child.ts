/**
 * A process that runs commands one after the other, each with the words it is sent, and tells what each said and
 * how it ended. Its modules are loaded once: a command that starts anew spends most of its time on that.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { projectFolder } from '../../../settings.ts';
import type { Said } from './said.ts';

const askedSchema = z.object({ command: z.string(), words: z.array(z.string()) });

/** Thrown where a command ends its process. */
class Ended extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}

/** What a stream calls when a chunk is written. */
type Written = (error?: Error | null) => void;

const realExit = process.exit.bind(process);
const texts = { out: '', error: '' };
let count = 0;

for (const [stream, name] of [
  [process.stdout, 'out'],
  [process.stderr, 'error'],
] as const) {
  stream.write = (chunk: string | Uint8Array, ...more: (Written | string | undefined)[]): boolean => {
    texts[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const written = more.at(-1);
    if (typeof written === 'function') written();
    return true;
  };
}
process.exit = (code): never => {
  throw new Ended(Number(code ?? 0));
};
// What a command left behind when it ended would have ended with its process.
process.on('unhandledRejection', () => undefined);
process.on('disconnect', () => realExit(0));
process.on('message', (asked) => {
  const { command, words } = askedSchema.parse(asked);
  void perform(command, words).then((said) => process.send?.(said));
});

async function perform(command: string, words: readonly string[]): Promise<Said> {
  Object.assign(texts, { out: '', error: '' });
  const script = join(projectFolder, 'client', `${command}.ts`);
  process.argv = [process.execPath, script, ...words];
  count += 1;
  const code = await import(`${pathToFileURL(script).href}?time=${count}`).then(() => 0, exitCodeOf);
  return { code, ...texts };
}

/** As Node does: whatever else a command throws is shown, and ends it with 1. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Ended) return error.exitCode;
  texts.error += error instanceof Error ? (error.stack ?? error.message) : String(error);
  return 1;
}
