import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { cliTrouble } from './check-cli.ts';
import { cachedCliPath } from './cli-cache.ts';
import { installCli } from './install-cli.ts';
import type { CliSearch, FoundCli } from './cli-search.ts';
import { ServerError } from './server-error.ts';

/**
 * Finds a Temporal CLI that runs, and fetches one into the cache where there is none.
 * @throws ServerError `CliPathUnusable` or `CliNotFound`.
 */
export async function findTemporalCli(search: CliSearch): Promise<FoundCli> {
  if (search.cliPath !== undefined && search.cliPath !== '') return givenCli(search.cliPath);
  return (await cliOnPath(search)) ?? (await cliInCache(search)) ?? (await installCli(search, cliInCache));
}

async function givenCli(path: string): Promise<FoundCli> {
  const trouble = await cliTrouble(path);
  if (trouble === undefined) return { path, from: 'TEMPORAL_CLI_PATH' };
  throw new ServerError(
    'CliPathUnusable',
    `Tried the Temporal CLI that TEMPORAL_CLI_PATH names, ${path}: ${trouble}. ` +
      'Set it to a program that answers `--version`, or unset it so that one is looked for.',
  );
}

async function cliOnPath(search: CliSearch): Promise<FoundCli | undefined> {
  // A relative or empty entry would find another program in each working directory.
  for (const folder of search.pathDirs.filter((dir) => isAbsolute(dir))) {
    const path = join(folder, 'temporal');
    if (!existsSync(path)) continue;
    const trouble = await cliTrouble(path);
    if (trouble === undefined) return { path, from: 'PATH' };
    search.say(`Passing over ${path}: ${trouble}`);
  }
  return undefined;
}

async function cliInCache(search: CliSearch): Promise<FoundCli | undefined> {
  const path = cachedCliPath(search.cacheDir);
  if (!existsSync(path)) return undefined;
  const trouble = await cliTrouble(path);
  if (trouble === undefined) return { path, from: 'cache' };
  search.say(`Passing over the cached copy ${path}: ${trouble}`);
  return undefined;
}
