import { readFile, readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { WarehouseError } from './warehouse-error.ts';

/** What the comment lines at the top of a SQL file declare. */
export interface SqlHeader {
  /** `-- grain:` what a row is. */
  readonly grain: string | undefined;
  /** `-- key:` the columns that name a row. */
  readonly key: readonly string[];
  /** `-- engine: duckdb because …` where the model is outside the portable subset. */
  readonly engine: 'portable' | 'duckdb';
  /** `-- severity:` of a test. */
  readonly severity: 'error' | 'warning';
}

/** One SELECT in a file. */
export interface SqlFile {
  /** As people are shown it: `sql/marts/dim_assets.sql`. */
  readonly file: string;
  /** True where the build wrote it from the contracts, and no such file is there. */
  readonly isGenerated?: true;
  readonly schema: string;
  readonly name: string;
  readonly text: string;
  readonly header: SqlHeader;
}

/** A CSV file whose rows models read as text columns of `seeds.<name>`. */
export interface SeedFile {
  readonly file: string;
  readonly name: string;
  readonly path: string;
}

/** Everything below the folder of SQL files. */
export interface SqlFolder {
  readonly models: readonly SqlFile[];
  readonly tests: readonly SqlFile[];
  readonly seeds: readonly SeedFile[];
}

/** Schemas that the build fills itself. */
const ownSchemas: ReadonlySet<string> = new Set([
  'bronze',
  'lake',
  'seeds',
  'main',
  'temp',
  'memory',
  'warehouse',
]);
const ownTables: ReadonlySet<string> = new Set(['metadata.build']);

/** Reads the folder of SQL files: `tests/` and `seeds/` apart, every other folder is a schema of models. */
export async function readSqlFolder(folder: string): Promise<SqlFolder> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join('/')).sort();
  const read = async (name: string): Promise<SqlFile> =>
    sqlFile(`${basename(folder)}/${name}`, name.split('/'), await readFile(join(folder, name), 'utf8'));
  const sql = names.filter((name) => name.endsWith('.sql'));
  const tests = await Promise.all(sql.filter((name) => name.startsWith('tests/')).map(read));
  const models = await Promise.all(sql.filter((name) => !name.startsWith('tests/')).map(read));
  models.forEach(checkModel);
  const seeds = names
    .filter((name) => /^seeds\/[^/]+\.csv$/.test(name))
    .map((name) => seedFile(folder, name));
  return { models, tests, seeds };
}

/** Names a model as other models refer to it. */
export function modelName(model: SqlFile): string {
  return `${model.schema}.${model.name}`;
}

/** Makes a model of a text that the build wrote itself. */
export function generatedModel(schema: string, name: string, text: string): SqlFile {
  const file = `${schema}.${name}, generated from contracts`;
  return { file, schema, name, text, header: readHeader(file, text), isGenerated: true };
}

function sqlFile(file: string, parts: readonly string[], text: string): SqlFile {
  const [schema, base, ...deeper] = parts;
  const name = base?.replace(/\.sql$/, '');
  const isName = (word: string | undefined): word is string =>
    word !== undefined && /^[a-z][a-z0-9_]*$/.test(word);
  if (!isName(schema) || !isName(name) || deeper.length > 0) {
    throw broken(
      file,
      'A SQL file lies directly in the folder of its schema, both named in lower case',
      'Move or rename it',
    );
  }
  return { file, schema, name, text, header: readHeader(file, text) };
}

function seedFile(folder: string, name: string): SeedFile {
  const file = `${basename(folder)}/${name}`;
  const table = basename(name, '.csv');
  if (!/^[a-z][a-z0-9_]*$/.test(table)) throw broken(file, 'A seed is named in lower case', 'Rename it');
  return { file, name: table, path: join(folder, name) };
}

function readHeader(file: string, text: string): SqlHeader {
  const end = text.search(/^(?!\s*--|\s*$)/m);
  const lines = (end < 0 ? text : text.slice(0, end)).split('\n');
  const value = (word: string): string | undefined =>
    lines
      .map((line) => new RegExp(`^--\\s*${word}:\\s*(.+?)\\s*$`).exec(line)?.[1])
      .find((found) => found !== undefined);
  const severity = value('severity') ?? 'error';
  if (severity !== 'error' && severity !== 'warning') {
    throw broken(
      file,
      `Its severity is "${severity}"`,
      'Write "-- severity: error" or "-- severity: warning"',
    );
  }
  const key = (value('key') ?? '').split(',').map((column) => column.trim());
  return {
    grain: value('grain'),
    key: key.filter((column) => column !== ''),
    engine: /^duckdb\b/.test(value('engine') ?? '') ? 'duckdb' : 'portable',
    severity,
  };
}

function checkModel(model: SqlFile): void {
  if (ownSchemas.has(model.schema) || ownTables.has(modelName(model))) throw nameTakenByBuild(model);
  if (model.header.grain === undefined || model.header.key.length === 0) {
    throw broken(
      model.file,
      'Its header lacks "-- grain:" or "-- key:"',
      'Say what a row is and which columns name it',
    );
  }
}

/** Makes the error of a file that is called like something the build makes. */
export function nameTakenByBuild(model: SqlFile): WarehouseError {
  return broken(model.file, `${modelName(model)} is made by the build itself`, 'Give the model another name');
}

function broken(file: string, found: string, next: string): WarehouseError {
  return new WarehouseError(
    'ModelBroken',
    `Could not read ${file}. ${found}. ${next}; the old warehouse stays.`,
    { file },
  );
}
