import { z } from 'zod';
import type { Engine } from '../engine.ts';

/** The columns of one table with their types, in order. */
export type TableColumns = ReadonlyMap<string, string>;

const columnRow = z.object({ model: z.string(), column: z.string(), type: z.string() });

/**
 * Reads which models an attached warehouse has, and their columns. What is in `metadata` tells how a warehouse
 * came to be, and is another in each: it is left out.
 */
export async function columnsOfModels(engine: Engine, catalog: string): Promise<Map<string, TableColumns>> {
  const rows = await engine.rows(
    columnRow,
    `select schema_name || '.' || table_name as model, column_name as column, data_type as type
     from duckdb_columns()
     where database_name = '${catalog}' and schema_name <> 'metadata' and not internal
     order by model, column_index`,
  );
  const models = new Map<string, Map<string, string>>();
  for (const { model, column, type } of rows) {
    const columns = models.get(model) ?? new Map<string, string>();
    models.set(model, columns.set(column, type));
  }
  return models;
}
