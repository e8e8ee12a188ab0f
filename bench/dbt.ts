import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readAllModels } from '../warehouse/all-models.ts';
import type { WarehouseInputs } from '../warehouse/build.ts';
import { modelName } from '../warehouse/sql-files.ts';

const run = promisify(execFile);
/** A later dbt-core fetches parts of itself from elsewhere while it installs. */
const packages = ['dbt-core==1.11.2', 'dbt-duckdb==1.11.1', 'duckdb==1.5.5'];

/** What a build under dbt took, from its start to its end. */
export interface DbtBuild {
  readonly version: string;
  readonly seconds: number;
}

let installed: Promise<string | undefined> | undefined;

/**
 * Builds the same models and tests by dbt-duckdb, from inputs that lie loaded in `folder` as catalogs. The
 * environment is thrown away; undefined, and said why, where it cannot be had.
 */
export async function buildWithDbt(
  folder: string,
  inputs: Pick<WarehouseInputs, 'sqlFolder' | 'datasets'>,
  order: readonly string[],
): Promise<DbtBuild | undefined> {
  installed ??= install();
  const dbt = await installed;
  if (dbt === undefined) return undefined;
  const project = join(folder, 'dbt');
  await writeProject(project, folder, inputs, order);
  const startedMs = performance.now();
  const { stdout } = await run(
    dbt,
    ['build', '--project-dir', project, '--profiles-dir', project, '--no-use-colors'],
    {
      maxBuffer: 64e6,
    },
  ).catch((error: { stdout?: string; message?: string }) => {
    throw new Error(`dbt did not build the models: ${error.stdout?.slice(-3000) ?? error.message}`);
  });
  const seconds = (performance.now() - startedMs) / 1000;
  return { version: /Running with dbt=(\S+)/.exec(stdout)?.[1] ?? '?', seconds };
}

async function install(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-dbt-'));
  process.on('exit', () => void rm(folder, { recursive: true, force: true }));
  try {
    console.log(`installing ${packages.join(' and ')} into a throw-away environment …`);
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    return join(folder, 'bin', 'dbt');
  } catch (error) {
    console.log(`no dbt here, so it is not measured: ${String(error).slice(0, 300)}`);
    return undefined;
  }
}

async function writeProject(
  project: string,
  folder: string,
  inputs: Pick<WarehouseInputs, 'sqlFolder' | 'datasets'>,
  order: readonly string[],
): Promise<void> {
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  };
  const attach = ['lake', 'bronze', 'seeds'].map((name) => ({
    path: join(folder, `${name}.duckdb`),
    alias: name,
  }));
  const target = {
    type: 'duckdb',
    path: join(folder, 'dbt.duckdb'),
    threads: 1,
    attach,
    settings: { TimeZone: 'UTC', memory_limit: '3000MB' },
  };
  // JSON is YAML.
  await write('profiles.yml', JSON.stringify({ bench: { target: 'one', outputs: { one: target } } }));
  await write(
    'dbt_project.yml',
    JSON.stringify({
      name: 'bench',
      version: '1.0.0',
      profile: 'bench',
      'model-paths': ['models'],
      'test-paths': ['tests'],
      models: { '+materialized': 'table' },
    }),
  );
  await write(
    'macros/schema.sql',
    '{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}',
  );
  const { models, tests } = await readAllModels(inputs.sqlFolder, inputs.datasets);
  for (const [place, name] of order.entries()) {
    const model = models.find((one) => modelName(one) === name);
    const before = order[place - 1]?.split('.')[1];
    // Our text names tables as they are; the order is what ref() would have told.
    const depends = before === undefined ? '' : `-- depends_on: {{ ref('${before}') }}\n`;
    await write(
      `models/${model?.name}.sql`,
      `{{ config(schema='${model?.schema}') }}\n${depends}${model?.text}`,
    );
  }
  const last = order.at(-1)?.split('.')[1];
  for (const test of tests) {
    const severity = `{{ config(severity='${test.header.severity === 'error' ? 'error' : 'warn'}') }}`;
    await write(`tests/${test.name}.sql`, `${severity}\n-- depends_on: {{ ref('${last}') }}\n${test.text}`);
  }
}
