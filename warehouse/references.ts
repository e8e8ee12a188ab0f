import { z } from 'zod';
import type { Engine } from './engine.ts';
import { positionOfByte, positionOfCharacter, type TextPosition } from './sql-text.ts';
import type { SqlFile } from './sql-files.ts';
import { WarehouseError } from './warehouse-error.ts';

/** A table that a SELECT reads, and where it names it. */
export interface Reference {
  /** `schema.table` in lower case, or a bare name. */
  readonly table: string;
  readonly position: TextPosition;
}

const parsed = z.discriminatedUnion('error', [
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
  z.object({
    error: z.literal(true),
    error_type: z.string(),
    error_message: z.string(),
    position: z.coerce.number().optional(),
  }),
]);

const baseTable = z.object({
  type: z.literal('BASE_TABLE'),
  catalog_name: z.string(),
  schema_name: z.string(),
  table_name: z.string(),
  query_location: z.number(),
});

const withTables = z.object({
  cte_map: z.object({ map: z.array(z.object({ key: z.string(), value: z.unknown() })) }),
});

const recursive = z.object({
  query: z.object({ node: z.object({ type: z.literal('RECURSIVE_CTE_NODE') }) }),
});

/** What texts read, from earlier builds of this process: to parse a hundred files takes a fifth of a small build. */
const knownReferences = new Map<string, readonly Reference[]>();
const mostKnown = 1_000;

/**
 * Finds the tables that a file's SELECT reads, by DuckDB's own parser; names of its own WITH are left out.
 * @throws WarehouseError `ModelBroken` where the file is not exactly one SELECT.
 */
export async function referencesOf(engine: Engine, file: SqlFile): Promise<readonly Reference[]> {
  const known = knownReferences.get(file.text);
  if (known) return known;
  const found = await readReferences(engine, file);
  if (knownReferences.size >= mostKnown) knownReferences.clear();
  knownReferences.set(file.text, found);
  return found;
}

async function readReferences(engine: Engine, file: SqlFile): Promise<Reference[]> {
  const tree = parsed.parse(await engine.parse(file.text));
  if (tree.error) throw notASelect(file, tree);
  if (tree.statements.length !== 1) {
    throw brokenAt(
      file,
      undefined,
      `It holds ${tree.statements.length} statements; write exactly one SELECT`,
    );
  }
  const found: z.infer<typeof baseTable>[] = [];
  collect(tree.statements[0], new Set(), found);
  return found.map((table) => ({
    table: [table.catalog_name, table.schema_name, table.table_name].filter(Boolean).join('.').toLowerCase(),
    position: positionOfByte(file.text, table.query_location),
  }));
}

/** Makes the error that names a SQL file and the place in it. */
export function brokenAt(
  file: SqlFile,
  position: TextPosition | undefined,
  found: string,
  cause?: unknown,
): WarehouseError {
  const place = position === undefined ? file.file : `${file.file}:${position.line}:${position.column}`;
  return new WarehouseError(
    'ModelBroken',
    `Could not build ${place}: ${found}. Mend the file; the old warehouse stays.`,
    {
      file: file.file,
      ...position,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** Walks the tree. A WITH's names hold in what follows them and in the node's body, not in themselves. */
function collect(value: unknown, scope: ReadonlySet<string>, found: z.infer<typeof baseTable>[]): void {
  if (Array.isArray(value)) return value.forEach((item) => collect(item, scope, found));
  if (typeof value !== 'object' || value === null) return;
  const table = baseTable.safeParse(value);
  if (table.success) {
    const { catalog_name: catalog, schema_name: schema, table_name: name } = table.data;
    if (catalog !== '' || schema !== '' || !scope.has(name.toLowerCase())) found.push(table.data);
    return;
  }
  const inner = scopeOf(value, scope, found);
  for (const [key, child] of Object.entries(value)) if (key !== 'cte_map') collect(child, inner, found);
}

function scopeOf(
  node: object,
  outer: ReadonlySet<string>,
  found: z.infer<typeof baseTable>[],
): ReadonlySet<string> {
  const scope = new Set(outer);
  for (const { key, value } of withTables.safeParse(node).data?.cte_map.map ?? []) {
    const name = key.toLowerCase();
    collect(value, recursive.safeParse(value).success ? new Set([...scope, name]) : scope, found);
    scope.add(name);
  }
  return scope;
}

function notASelect(
  file: SqlFile,
  tree: { error_type: string; error_message: string; position?: number | undefined },
): WarehouseError {
  const position = tree.position === undefined ? undefined : positionOfCharacter(file.text, tree.position);
  const found =
    tree.error_type === 'parser'
      ? tree.error_message
      : `It is not one plain SELECT (no INSERT, no CREATE, no PIVOT). DuckDB says: ${tree.error_message}`;
  return brokenAt(file, position, found);
}
