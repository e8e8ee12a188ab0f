import { join } from 'node:path';
import { z } from 'zod';
import { Engine, EngineError } from '../../warehouse/engine.ts';
import { literal } from '../../warehouse/sql-text.ts';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { tableToExport } from './table-to-export.ts';

/** The formats in which a table is written. */
export const exportFormats = ['parquet', 'csv', 'json'] as const;

/** One of the formats. */
export type ExportFormat = (typeof exportFormats)[number];

const copyOptions: Readonly<Record<ExportFormat, string>> = {
  parquet: 'format parquet, compression zstd',
  csv: 'format csv, header true',
  json: 'format json, array true',
};

/** What is written where. */
export interface TableExport {
  readonly warehousePath: string;
  readonly table: string;
  readonly format: ExportFormat;
  /** The file to be written; the caller puts it in its place. */
  readonly target: string;
  /** The key of each model, in whose order its rows are written. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

const countRow = z.object({ Count: z.coerce.number() });

/**
 * Writes one table of a warehouse, opened read-only, as one file, and answers how many rows it has. The same
 * warehouse gives the same rows in the same order.
 * @throws WrongUse for a table that is not there, WarehouseError where the file cannot be written.
 */
export async function writeTable(request: TableExport): Promise<number> {
  const engine = await Engine.open({ temporaryFolder: join(`${request.target}.tmp`) });
  try {
    await engine.run(`attach ${literal(request.warehousePath)} as exported (read_only)`);
    await engine.run('set preserve_insertion_order = true');
    const { sqlName, orderBy } = await tableToExport(engine, 'exported', request.table, request.keys);
    const [written] = await engine.rows(
      countRow,
      `copy (select * from ${sqlName} order by ${orderBy})
       to ${literal(request.target)} (${copyOptions[request.format]})`,
    );
    return written?.Count ?? 0;
  } catch (error) {
    if (!(error instanceof EngineError) || !error.isMachineTrouble) throw error;
    const message = `Could not write ${request.table} to ${request.target}: ${error.message}. Check disk space, memory and permissions; nothing was put there.`;
    throw new WarehouseError('WarehouseUnwritable', message, { cause: error });
  } finally {
    engine.close();
  }
}
