import { z } from 'zod';
import type { Engine } from '../../warehouse/engine.ts';
import { identifier, literal } from '../../warehouse/sql-text.ts';
import { WrongUse } from '../command/exit-code.ts';

/** How many names are offered for one that is not there. */
const offered = 3;

const tableRow = z.object({ name: z.string() });
const columnRow = z.object({ column: z.string() });

/** One table of a warehouse, and the order in which its rows are written. */
export interface TableToExport {
  /** Quoted, with its catalog. */
  readonly sqlName: string;
  readonly orderBy: string;
}

/**
 * Finds a table by its name, `schema.table`, in the warehouse attached under this catalog. Its rows are written
 * in the order of the key that its model declares, or of all columns where it has none.
 * @throws WrongUse with the nearest names where there is no such table.
 */
export async function tableToExport(
  engine: Engine,
  catalog: string,
  name: string,
  keys: ReadonlyMap<string, readonly string[]>,
): Promise<TableToExport> {
  const all = await engine.rows(
    tableRow,
    `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = ${literal(catalog)}
     order by jaro_winkler_similarity(name, ${literal(name.toLowerCase())}) desc, name`,
  );
  const wanted = all.find((table) => table.name === name.toLowerCase())?.name;
  if (wanted === undefined)
    throw unknownTable(
      name,
      all.slice(0, offered).map((table) => table.name),
    );
  const [schema = '', table = ''] = wanted.split('.');
  return {
    sqlName: [catalog, schema, table].map(identifier).join('.'),
    orderBy: await orderOf(engine, catalog, wanted, keys.get(wanted) ?? []),
  };
}

async function orderOf(
  engine: Engine,
  catalog: string,
  name: string,
  key: readonly string[],
): Promise<string> {
  const columns = await engine.rows(
    columnRow,
    `select column_name as column from duckdb_columns()
     where database_name = ${literal(catalog)} and schema_name || '.' || table_name = ${literal(name)}`,
  );
  const there = new Set(columns.map(({ column }) => column));
  // The warehouse may be older than the model: then its key may have another name.
  return key.length > 0 && key.every((column) => there.has(column)) ? key.map(identifier).join(', ') : 'all';
}

function unknownTable(name: string, nearest: readonly string[]): WrongUse {
  const offer = nearest.length === 0 ? 'The warehouse is empty.' : `The nearest are ${nearest.join(', ')}.`;
  return new WrongUse(`--table ${name}: there is no such table in the warehouse. ${offer}`);
}
