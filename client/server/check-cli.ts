import { lastLines, runCommand } from './run-command.ts';

/** Generous, since the first run of a program of 250 MB reads it from a cold disk. */
const versionTimeoutMs = 30_000;

/**
 * Asks a program for its version and tells what is wrong with it as a Temporal CLI; undefined when all is
 * well. Half a download, a file of another machine and another program called `temporal` all fail here.
 */
export async function cliTrouble(path: string): Promise<string | undefined> {
  const end = await runCommand(path, ['--version'], { timeoutMs: versionTimeoutMs });
  if (end.code === 0 && /^temporal version \S/m.test(end.output)) return undefined;
  if (end.trouble !== undefined) return end.trouble;
  return `\`--version\` ended with ${end.code}: ${lastLines(end.output, 1) || 'it printed nothing'}`;
}
