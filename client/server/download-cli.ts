import { createRequire } from 'node:module';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cliVersion } from './cli-cache.ts';
import type { Fetched } from './cli-search.ts';
import { lastLines, runCommand } from './run-command.ts';

const checkMs = 20_000;
/** How many checks may pass without a new byte before the download is given up: one minute. */
const idleChecks = 3;

/**
 * Has the SDK download the CLI into a folder. It does so in a process of its own: the SDK's runtime can be
 * set up once a process, and ours must stay free for the worker's telemetry.
 */
export async function downloadCli(into: string, say: (line: string) => void): Promise<Fetched> {
  say(`Downloading the Temporal CLI ${cliVersion} (about 50 MB, once).`);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const script = fileURLToPath(new URL('./sdk-download.ts', import.meta.url));
  const gaveUp = new AbortController();
  const watch = watchProgress(into, say, gaveUp);
  const end = await runCommand(process.execPath, ['--import', tsx, script, into, `v${cliVersion}`], {
    signal: gaveUp.signal,
  });
  clearInterval(watch);
  if (gaveUp.signal.aborted) return { trouble: 'not one byte came for a minute' };
  const name = (await readdir(into)).find(
    (file) => file.startsWith('temporal') && !file.endsWith('.downloading'),
  );
  // The file counts, not the exit: a server that would not start has still left a whole download.
  if (name !== undefined) return { path: join(into, name) };
  return {
    trouble: end.trouble ?? (innermost(lastLines(end.output, 1)) || `the SDK ended with ${end.code}`),
  };
}

/** The SDK nests each cause behind the address it was asking for; the last one is what a person needs. */
function innermost(message: string): string {
  return message.slice(message.lastIndexOf('): ') + 1).replace(/^: /, '');
}

function watchProgress(into: string, say: (line: string) => void, gaveUp: AbortController): NodeJS.Timeout {
  let lastBytes = 0;
  let idle = 0;
  const check = async (): Promise<void> => {
    const bytes = await bytesIn(into);
    idle = bytes === lastBytes ? idle + 1 : 0;
    lastBytes = bytes;
    if (idle >= idleChecks) gaveUp.abort();
    else say(`Still downloading the Temporal CLI (${Math.round(bytes / 1e6)} MB so far).`);
  };
  return setInterval(() => void check(), checkMs);
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
