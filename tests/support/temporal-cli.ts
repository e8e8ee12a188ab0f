import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { userCacheDir } from '../../settings.ts';
import { findTemporalCli } from '../../client/server/find-cli.ts';

let found: Promise<string> | undefined;

/**
 * The Temporal CLI for tests with a real server: found as `npm start` finds it, and fetched into the user's cache where
 * there is none. Test files in other processes that ask at once wait for the one that fetches.
 */
export function temporalCliPath(): Promise<string> {
  return (found ??= find());
}

/** How long a test's set-up may take where the CLI must be built first. */
export const cliTimeoutMs = 20 * 60_000;

async function find(): Promise<string> {
  const { env } = process;
  const cli = await findTemporalCli({
    ...(env['TEMPORAL_CLI_PATH'] === undefined ? {} : { cliPath: env['TEMPORAL_CLI_PATH'] }),
    pathDirs: (env['PATH'] ?? '').split(delimiter),
    cacheDir: userCacheDir({
      xdgCacheHome: env['XDG_CACHE_HOME'],
      homeDir: homedir(),
      platform: process.platform,
    }),
    say: (line) => console.log(line),
  });
  return cli.path;
}
