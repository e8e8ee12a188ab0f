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

/** The user's cache folder: `$XDG_CACHE_HOME`, else where the system keeps caches. */
export function userCacheDir(user: {
  readonly xdgCacheHome: string | undefined;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
}): string {
  if (user.xdgCacheHome !== undefined && user.xdgCacheHome !== '') return user.xdgCacheHome;
  return user.platform === 'darwin' ? join(user.homeDir, 'Library', 'Caches') : join(user.homeDir, '.cache');
}
