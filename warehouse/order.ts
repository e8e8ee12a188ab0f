import { brokenAt, type Reference } from './references.ts';
import { modelName, type SqlFile } from './sql-files.ts';
import { WarehouseError } from './warehouse-error.ts';

/** A SQL file with the tables it reads. */
export interface LinkedFile {
  readonly file: SqlFile;
  readonly references: readonly Reference[];
}

/**
 * Checks that every reference leads to a model or to one of the tables the build provides.
 * @throws WarehouseError `ModelBroken` with file and line.
 */
export function checkReferences(files: readonly LinkedFile[], known: ReadonlySet<string>): void {
  for (const { file, references } of files) {
    const unknown = references.find((reference) => !known.has(reference.table));
    if (unknown) throw brokenAt(file, unknown.position, unknownTable(unknown.table, known));
  }
}

/**
 * Orders models so that each comes after those it reads; otherwise by name.
 * @throws WarehouseError `ModelCycle` with the circle.
 */
export function orderModels(models: readonly LinkedFile[]): SqlFile[] {
  const byName = new Map(models.map((model) => [modelName(model.file), model]));
  const ordered = new Set<SqlFile>();
  const visit = (model: LinkedFile, path: readonly string[]): void => {
    const name = modelName(model.file);
    if (ordered.has(model.file)) return;
    if (path.includes(name)) throw cycle([...path.slice(path.indexOf(name)), name], model.file);
    for (const { table } of model.references) {
      const needed = byName.get(table);
      if (needed) visit(needed, [...path, name]);
    }
    ordered.add(model.file);
  };
  models.forEach((model) => visit(model, []));
  return [...ordered];
}

function unknownTable(table: string, known: ReadonlySet<string>): string {
  const bare = table.split('.').at(-1);
  const near = [...known].find((name) => name.split('.').at(-1) === bare);
  if (near !== undefined) return `It reads ${table}, which is not there; did you mean ${near}?`;
  if (table.startsWith('bronze.')) return `It reads ${table}, but no dataset of that name has a contract`;
  return `It reads ${table}, which is neither a model nor a table of bronze, lake or seeds`;
}

function cycle(names: readonly string[], file: SqlFile): WarehouseError {
  return new WarehouseError(
    'ModelCycle',
    `Could not order the models: ${names.join(' reads ')}. Break the circle in one of them; the old warehouse stays.`,
    { file: file.file },
  );
}
