import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { cliVersion } from './cli-cache.ts';
import type { Fetched } from './cli-search.ts';
import { lastLines, runCommand } from './run-command.ts';
import { sayWhile } from './say-while.ts';

/** Four times what a build takes on two cores with an empty module cache. */
const buildTimeoutMs = 15 * 60_000;

/** Builds the CLI with the Go of PATH into a folder; says beforehand that it takes long. */
export async function goInstallCli(
  into: string,
  search: { readonly pathDirs: readonly string[]; readonly say: (line: string) => void },
  everyMs?: number,
): Promise<Fetched> {
  const go = search.pathDirs
    .filter((dir) => isAbsolute(dir))
    .map((dir) => join(dir, 'go'))
    .find((path) => existsSync(path));
  if (go === undefined) return { trouble: 'there is no `go` on PATH' };
  const target = `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`;
  search.say(`Building the Temporal CLI with \`go install ${target}\`: once, about three minutes.`);
  // `env` adds one variable to what the child inherits; settings.ts alone reads the environment here.
  const build = runCommand('env', [`GOBIN=${into}`, go, 'install', target], {
    cwd: into,
    timeoutMs: buildTimeoutMs,
  });
  const end = await sayWhile(
    build,
    (seconds) => `Still building the Temporal CLI (${seconds} s).`,
    search.say,
    everyMs,
  );
  if (end.code === 0) return { path: join(into, 'temporal') };
  return { trouble: [end.trouble, lastLines(end.output, 5)].filter((text) => text).join(': ') };
}
