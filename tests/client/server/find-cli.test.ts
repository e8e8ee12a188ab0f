import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedCliPath, cliCacheFolder } from '../../../client/server/cli-cache.ts';
import { userCacheDir } from '../../../settings.ts';
import type { CliSearch } from '../../../client/server/cli-search.ts';
import { findTemporalCli } from '../../../client/server/find-cli.ts';
import { goInstallCli } from '../../../client/server/go-install-cli.ts';

let folder: string;
let said: string[];
let search: CliSearch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-cli-'));
  said = [];
  search = {
    pathDirs: [join(folder, 'bin1'), join(folder, 'bin2')],
    cacheDir: join(folder, 'cache'),
    say: (line) => said.push(line),
    download: false,
  };
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const goodCli = 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"';

async function program(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('the search for the Temporal CLI', () => {
  it('takes TEMPORAL_CLI_PATH before anything else', async () => {
    const cliPath = await program(join(folder, 'mine', 'temporal-cli'), goodCli);
    await program(join(folder, 'bin1', 'temporal'), goodCli);
    expect(await findTemporalCli({ ...search, cliPath })).toEqual({
      path: cliPath,
      from: 'TEMPORAL_CLI_PATH',
    });
  });

  it('takes PATH before the cache, and its first folder before its second', async () => {
    const second = await program(join(folder, 'bin2', 'temporal'), goodCli);
    await program(cachedCliPath(search.cacheDir), goodCli);
    expect(await findTemporalCli(search)).toEqual({ path: second, from: 'PATH' });
    const first = await program(join(folder, 'bin1', 'temporal'), goodCli);
    expect(await findTemporalCli(search)).toEqual({ path: first, from: 'PATH' });
  });

  it('takes the cached copy where PATH has none, and says nothing', async () => {
    const path = await program(cachedCliPath(search.cacheDir), goodCli);
    expect(await findTemporalCli(search)).toEqual({ path, from: 'cache' });
    expect(said).toEqual([]);
  });

  it.each([
    ['does not exist', undefined],
    ['ends with an error', 'echo "wrong machine" >&2; exit 126'],
    ['is another program', 'echo "temporality 3.0"'],
  ])('refuses a TEMPORAL_CLI_PATH that %s, though PATH has a good one', async (_title, script) => {
    const cliPath = join(folder, 'mine', 'temporal');
    if (script !== undefined) await program(cliPath, script);
    await program(join(folder, 'bin1', 'temporal'), goodCli);
    const finding = findTemporalCli({ ...search, cliPath });
    await expect(finding).rejects.toMatchObject({ name: 'ServerError', code: 'CliPathUnusable' });
    await expect(finding).rejects.toThrow(`TEMPORAL_CLI_PATH names, ${cliPath}`);
  });

  it('passes over a broken program on PATH and says so', async () => {
    const broken = await program(join(folder, 'bin1', 'temporal'), 'echo "no such library" >&2; exit 127');
    const good = await program(join(folder, 'bin2', 'temporal'), goodCli);
    expect(await findTemporalCli(search)).toEqual({ path: good, from: 'PATH' });
    expect(said).toEqual([`Passing over ${broken}: \`--version\` ended with 127: no such library`]);
  });

  it('never runs a program out of a relative folder of PATH', async () => {
    await program(cachedCliPath(search.cacheDir), goodCli);
    const found = await findTemporalCli({ ...search, pathDirs: ['', '.', 'tests'] });
    expect(found.from).toBe('cache');
  });
});

/** A `go` that does what `go install` does: puts a program into GOBIN, and counts its runs. */
const fakeGo = (cli: string): string =>
  `echo "$@" >> "$(dirname "$0")/runs"\ncat > "$GOBIN/temporal" <<'END'\n#!/bin/sh\n${cli}\nEND\nchmod 755 "$GOBIN/temporal"`;

describe('fetching the Temporal CLI', () => {
  it('builds it with Go into the cache once, says beforehand how long it takes, and then finds it there', async () => {
    await program(join(folder, 'bin2', 'go'), fakeGo(goodCli));
    const path = cachedCliPath(search.cacheDir);
    expect(await findTemporalCli(search)).toEqual({ path, from: 'go install' });
    expect(said.join('\n')).toContain('about three minutes');
    expect(await findTemporalCli(search)).toEqual({ path, from: 'cache' });
    const runs = await readFile(join(folder, 'bin2', 'runs'), 'utf8');
    expect(runs).toBe('install github.com/temporalio/cli/cmd/temporal@v1.5.1\n');
    expect(await readdir(cliCacheFolder(search.cacheDir))).toEqual(['temporal']);
  });

  it('replaces half a file in the cache instead of trusting it', async () => {
    await program(cachedCliPath(search.cacheDir), 'exit 1');
    await program(join(folder, 'bin1', 'go'), fakeGo(goodCli));
    expect((await findTemporalCli(search)).from).toBe('go install');
    expect(said[0]).toContain('Passing over the cached copy');
    expect((await findTemporalCli(search)).from).toBe('cache');
  });

  it('does the work once where several ask at the same time', async () => {
    await program(join(folder, 'bin1', 'go'), fakeGo(goodCli));
    const found = await Promise.all([1, 2, 3].map(() => findTemporalCli(search)));
    expect(found.map((cli) => cli.from).sort()).toEqual(['cache', 'cache', 'go install']);
    const runs = await readFile(join(folder, 'bin1', 'runs'), 'utf8');
    expect(runs.trim().split('\n')).toHaveLength(1);
  });

  it('goes on past the lock of a process that is gone', async () => {
    await program(join(folder, 'bin1', 'go'), fakeGo(goodCli));
    await mkdir(cliCacheFolder(search.cacheDir), { recursive: true });
    await writeFile(join(cliCacheFolder(search.cacheDir), 'install.lock'), '4194999');
    expect((await findTemporalCli(search)).from).toBe('go install');
  });

  it('keeps nothing of a build whose result does not run', async () => {
    await program(join(folder, 'bin1', 'go'), fakeGo('exit 1'));
    await expect(findTemporalCli(search)).rejects.toThrow('what came does not run');
    expect(await readdir(cliCacheFolder(search.cacheDir))).toEqual([]);
  });

  it('without Go, names the three ways to get one', async () => {
    const finding = findTemporalCli(search);
    await expect(finding).rejects.toMatchObject({ code: 'CliNotFound' });
    await expect(finding).rejects.toThrow(
      /no `go` on PATH[\s\S]*1\. [\s\S]*TEMPORAL_CLI_PATH[\s\S]*3\. install Go/,
    );
  });

  it('quotes what Go said when the build fails', async () => {
    await program(join(folder, 'bin1', 'go'), 'echo "dial tcp: lookup failed" >&2; exit 1');
    await expect(findTemporalCli(search)).rejects.toThrow('go install: dial tcp: lookup failed');
  });

  it('says now and then that a build still goes on', async () => {
    const release = join(folder, 'release');
    await program(
      join(folder, 'bin1', 'go'),
      `while [ ! -e "${release}" ]; do sleep 0.05; done\n${fakeGo(goodCli)}`,
    );
    const say = (line: string): void => {
      said.push(line);
      if (line.startsWith('Still building')) void writeFile(release, '');
    };
    await goInstallCli(folder, { pathDirs: search.pathDirs, say }, 50);
    expect(said.some((line) => line.startsWith('Still building the Temporal CLI ('))).toBe(true);
  });
});

describe('the cache folder of a user', () => {
  it('is XDG_CACHE_HOME where it is set, else what the system uses', () => {
    const user = { xdgCacheHome: undefined, homeDir: '/home/u', platform: 'linux' as const };
    expect(userCacheDir({ ...user, xdgCacheHome: '/big/cache' })).toBe('/big/cache');
    expect(userCacheDir({ ...user, xdgCacheHome: '' })).toBe('/home/u/.cache');
    expect(userCacheDir(user)).toBe('/home/u/.cache');
    expect(userCacheDir({ ...user, platform: 'darwin' })).toBe('/home/u/Library/Caches');
    expect(cachedCliPath('/big/cache')).toBe('/big/cache/marketlake/temporal-cli-1.5.1/temporal');
  });
});
