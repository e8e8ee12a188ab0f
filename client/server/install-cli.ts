import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cliTrouble } from './check-cli.ts';
import { cachedCliPath, cliCacheFolder, cliVersion } from './cli-cache.ts';
import { downloadCli } from './download-cli.ts';
import type { CliSearch, Fetched, FoundCli } from './cli-search.ts';
import { goInstallCli } from './go-install-cli.ts';
import { withInstallLock } from './install-lock.ts';
import { ServerError } from './server-error.ts';

/**
 * Fetches the CLI into the cache, by download and else by `go install`. One process at a time does the
 * work; the rename at its end is what keeps the cache whole, so that a lost lock costs time only.
 * @throws ServerError `CliNotFound` with the three ways a person can get it.
 */
export async function installCli(
  search: CliSearch,
  lookAgain: (search: CliSearch) => Promise<FoundCli | undefined>,
): Promise<FoundCli> {
  const folder = cliCacheFolder(search.cacheDir);
  await mkdir(folder, { recursive: true });
  return withInstallLock(join(folder, 'install.lock'), search.say, async () => {
    const alreadyThere = await lookAgain(search);
    return alreadyThere ?? (await installInto(folder, search));
  });
}

async function installInto(folder: string, search: CliSearch): Promise<FoundCli> {
  const troubles: string[] = [];
  if (search.download ?? true) {
    const downloaded = await keep(folder, search, (into) => downloadCli(into, search.say));
    if (downloaded === undefined) return { path: cachedCliPath(search.cacheDir), from: 'download' };
    troubles.push(`download: ${downloaded}`);
    search.say(`The download did not succeed (${downloaded}); trying \`go install\`.`);
  }
  const built = await keep(folder, search, (into) => goInstallCli(into, search));
  if (built === undefined) return { path: cachedCliPath(search.cacheDir), from: 'go install' };
  troubles.push(`go install: ${built}`);
  throw new ServerError('CliNotFound', notFoundMessage(troubles));
}

/** Fetches into a folder of its own, checks the file and renames it into place; says why it could not. */
async function keep(
  folder: string,
  search: CliSearch,
  fetchInto: (into: string) => Promise<Fetched>,
): Promise<string | undefined> {
  const into = await mkdtemp(join(folder, '.install-'));
  try {
    const fetched = await fetchInto(into);
    if ('trouble' in fetched) return fetched.trouble;
    const trouble = await cliTrouble(fetched.path);
    if (trouble !== undefined) return `what came does not run: ${trouble}`;
    await rename(fetched.path, cachedCliPath(search.cacheDir));
    return undefined;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

function notFoundMessage(troubles: readonly string[]): string {
  return [
    'Looked for a Temporal CLI on PATH and in the cache, and could not fetch one:',
    ...troubles.map((trouble) => `  ${trouble}`),
    'Do one of these, then run the same command again:',
    '  1. install the CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH;',
    '  2. set TEMPORAL_CLI_PATH to a copy you have;',
    `  3. install Go 1.24 or newer, so that \`go install github.com/temporalio/cli/cmd/temporal@v${cliVersion}\` can build it.`,
  ].join('\n');
}
