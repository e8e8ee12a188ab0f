import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { copyFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, projectFolder } from '../../settings.ts';
import { buildBundles } from '../../worker/build-bundle.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';

/** The files of the worker's image in a folder of their own, which nothing may write to. */
export interface ImageFiles {
  readonly folder: string;
  /** Every file with its size and time of change. */
  look(): string[];
  /** Starts one of its programs, as the container does. */
  start(script: string, environment: Readonly<Record<string, string>>): ImageProcess;
  remove(): void;
}

/** A program of the image. */
export interface ImageProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves when it has told its parent that it is ready. */
  readonly ready: Promise<void>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Lays out what the Dockerfile copies and builds. The bundles come from the cache of this machine, or go there. */
export async function layOutImage(): Promise<ImageFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  for (const path of copiedPaths())
    cpSync(join(projectFolder, path), join(folder, path), { recursive: true });
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'bundle'));
  const { cacheFolder } = loadSettings();
  await buildBundles(join(folder, 'bundle'), async (path, interceptorModules) =>
    copyFile((await workflowBundle(cacheFolder, interceptorModules)).codePath, path),
  );
  const own = readdirSync(folder).filter((name) => name !== 'node_modules');
  for (const path of allIn(folder, own)) chmodSync(path, statSync(path).mode & 0o555);
  chmodSync(folder, 0o555);
  return {
    folder,
    look: () => allIn(folder, own).map(shown),
    start: (script, environment) => startIn(folder, script, environment),
    remove: () => {
      for (const path of [folder, ...allIn(folder, own)]) chmodSync(path, 0o755);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function copiedPaths(): string[] {
  const lines = readFileSync(join(projectFolder, 'Dockerfile'), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1));
}

function allIn(folder: string, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (!statSync(path).isDirectory()) return [path];
    const inside = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return [path, ...inside.map((each) => join(path, each))];
  });
}

function shown(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${mtimeMs}`;
}

function startIn(
  folder: string,
  script: string,
  environment: Readonly<Record<string, string>>,
): ImageProcess {
  const { PATH: path = '', HOME: home = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: folder,
    // A home without a cache: whatever wants to write one is seen in the folder.
    env: {
      PATH: path,
      HOME: home,
      NODE_ENV: 'production',
      XDG_CACHE_HOME: join(folder, 'cache'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = Promise.race([once(child, 'message'), ended]).then((first) => {
    if (!Array.isArray(first)) throw new Error(`${script} ended before it was ready:\n${output}`);
  });
  // Who does not wait for it has no failure to hear of.
  ready.catch(() => undefined);
  return { child, output: () => output, ready, ended };
}
