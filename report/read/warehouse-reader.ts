import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';

const tableName = z.object({ name: z.string() });

/** A warehouse opened to be read and never written, as it is at this moment; a later swap does not touch it. */
export class WarehouseReader {
  readonly #absent = new Set<string>();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly tables: ReadonlySet<string>,
  ) {}

  /** Opens a warehouse and lists its tables. */
  static async open(path: string): Promise<WarehouseReader> {
    const instance = await DuckDBInstance.create(path, {
      access_mode: 'READ_ONLY',
      autoinstall_known_extensions: 'false',
      threads: '2',
      memory_limit: '500MB',
    });
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    const found = await connection.runAndReadAll(
      "select table_schema || '.' || table_name as name from information_schema.tables",
    );
    const names = z.array(tableName).parse(found.getRowObjectsJson());
    return new WarehouseReader(instance, connection, new Set(names.map(({ name }) => name)));
  }

  /** Tables that somebody asked for and that this warehouse has not, in alphabetical order. */
  get absentTables(): string[] {
    return [...this.#absent].sort();
  }

  /** Tells whether all these tables are there; those that are not are remembered, to be named on the page. */
  has(tables: readonly string[]): boolean {
    const absent = tables.filter((table) => !this.tables.has(table));
    for (const table of absent) this.#absent.add(table);
    return absent.length === 0;
  }

  /** Runs one query over the tables it names; no rows where one of them is not there. */
  async rows<T>(row: z.ZodType<T>, tables: readonly string[], sql: string): Promise<T[]> {
    if (!this.has(tables)) return [];
    const found = await this.connection.runAndReadAll(sql);
    return z.array(row).parse(found.getRowObjectsJson());
  }

  /** Names a query, for this reading only, so that others can select from it. */
  async name(view: string, sql: string): Promise<void> {
    await this.connection.run(`create or replace temp view ${view} as ${sql}`);
  }

  /** Closes the file. */
  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}
