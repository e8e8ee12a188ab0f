import { join } from 'node:path';

/** The version that is fetched where none is there: the last that `go install` can build. */
export const cliVersion = '1.5.1';

/** The folder below the user's cache folder that holds our copy and nothing else. */
export function cliCacheFolder(cacheDir: string): string {
  return join(cacheDir, 'marketlake', `temporal-cli-${cliVersion}`);
}

/** Where our copy of the CLI lies. */
export function cachedCliPath(cacheDir: string): string {
  return join(cliCacheFolder(cacheDir), 'temporal');
}
