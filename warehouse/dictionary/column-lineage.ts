import { analyzeQuery, type ColumnReferenceFact } from '@polyglot-sql/sdk';

/** The columns of tables, by `schema.table`. */
export type KnownColumns = ReadonlyMap<string, readonly TypedColumn[]>;

/** One column of a table. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** Where the columns of a SELECT come from, as `schema.table.column`; or why the library cannot tell. */
export type ColumnLineage =
  | {
      readonly outcome: 'found';
      /** By output column; empty where it is a constant or a count of rows. */
      readonly sources: ReadonlyMap<string, readonly string[]>;
      /** The columns that decide which rows come out. */
      readonly deciding: ReadonlySet<string>;
    }
  | { readonly outcome: 'unknown'; readonly why: string };

/**
 * Follows every column of a SELECT back through its WITH to the tables it reads. The answer is held against the
 * tables' own columns and, where given, the columns that DuckDB says come out: what does not agree is no answer.
 * `constants` names the tables that the SELECT writes out itself.
 */
export function columnLineage(
  sql: string,
  known: KnownColumns,
  constants: ReadonlySet<string>,
  expected?: readonly TypedColumn[],
): ColumnLineage {
  const result = analyze(sql, known);
  if (!result.success || !result.analysis) {
    return { outcome: 'unknown', why: result.error ?? 'the SELECT could not be read' };
  }
  const { projections, columnUses = [] } = result.analysis;
  const names = projections.map(({ name }) => name ?? '');
  const expectedNames = expected?.map(({ name }) => name);
  if (expectedNames && names.join() !== expectedNames.join()) {
    return { outcome: 'unknown', why: `the columns found are ${names.join(', ')}` };
  }
  const deciding = columnUses.filter(({ context }) => context === 'filter' || context === 'having');
  const follow = (references: readonly ColumnReferenceFact[]): string[] =>
    leaves(references, known, constants);
  try {
    return {
      outcome: 'found',
      sources: new Map(projections.map(({ upstream }, index) => [names[index] ?? '', follow(upstream)])),
      deciding: new Set(deciding.flatMap(({ references }) => follow(references))),
    };
  } catch (error) {
    if (error instanceof UnknownColumn) return { outcome: 'unknown', why: error.message };
    throw error;
  }
}

class UnknownColumn extends Error {
  override readonly name = 'UnknownColumn';
}

function analyze(sql: string, known: KnownColumns): ReturnType<typeof analyzeQuery> {
  const tables = [...known].map(([table, columns]) => ({
    schema: table.split('.')[0] ?? '',
    name: table.split('.')[1] ?? '',
    columns: [...columns],
  }));
  try {
    return analyzeQuery(sql, { dialect: 'duckdb', schema: { tables } });
  } catch (error) {
    return { success: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** A reference that ends in a WITH's own column ends at a constant, or at a count that names no column. */
function leaves(
  references: readonly ColumnReferenceFact[],
  known: KnownColumns,
  constants: ReadonlySet<string>,
): string[] {
  const found = references.flatMap(({ sourceKind, table, column, confidence }) => {
    if (sourceKind === 'cte' || sourceKind === 'derived_table' || constants.has(table ?? '')) return [];
    const isKnown = known.get(table ?? '')?.some(({ name }) => name === column);
    if (isKnown && confidence === 'resolved') return [`${table}.${column}`];
    throw new UnknownColumn(`${table ?? 'an unknown table'}.${column} is ${confidence}`);
  });
  return [...new Set(found)].sort();
}
