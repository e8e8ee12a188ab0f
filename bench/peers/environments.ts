import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const longestInstallMs = 10 * 60_000;

/** What every peer's steps need; DuckDB in the version that we run. */
const ofSteps = ['pyarrow==26.0.1', 'duckdb==1.5.5'];

/**
 * The newest that installed and started with Python 3.11 when this was written: Prefect 3.9 asked for a certifi that
 * PyPI did not have yet, and 3.8.8 does not start with the newest FastAPI, so that is held at Prefect's own minimum.
 */
const packages = {
  plain: ofSteps,
  prefect: [...ofSteps, 'prefect==3.8.8', 'fastapi==0.139.0'],
  dagster: [...ofSteps, 'dagster==1.13.28'],
} as const;

/** A Python environment that some peers share. */
export type EnvironmentName = keyof typeof packages;

/** Says what is installed in an environment. */
export function packagesOf(name: EnvironmentName): readonly string[] {
  return packages[name];
}

/**
 * Makes Python environments below a folder, each when it is first asked for. One that is whole bears a mark, so that a
 * kept folder is used again; one whose installation was stopped is made anew.
 */
export class Environments {
  readonly #made = new Map<EnvironmentName, Promise<string>>();

  constructor(private readonly folder: string) {}

  /** The folder with `python` and the tools of an environment. */
  async bin(name: EnvironmentName): Promise<string> {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  async #make(name: EnvironmentName): Promise<string> {
    const folder = join(this.folder, 'environments', name);
    const mark = join(folder, `whole-${packages[name].join('-').replaceAll(/[^\w.-]/g, '_')}`);
    const bin = join(folder, 'bin');
    if (existsSync(mark)) return bin;
    console.log(`installing ${packages[name].join(', ')} …`);
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder], { timeout: longestInstallMs });
    const quiet = ['install', '--quiet', '--disable-pip-version-check'];
    await run(join(bin, 'pip'), [...quiet, ...packages[name]], { timeout: longestInstallMs });
    await writeFile(mark, '');
    return bin;
  }
}
