import { DuckDBDataChunk, DuckDBInstance, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { totalmem } from 'node:os';
import { z } from 'zod';
import { isDiskTrouble } from '../lake/disk-trouble.ts';
import { literal } from './sql-text.ts';

/** What DuckDB found wrong with a statement. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    /** DuckDB's class of error: `Binder`, `Catalog`, `IO`, `Out of Memory`, … */
    readonly kind: string,
    message: string,
    /** Where in the statement, in bytes from 0; undefined where DuckDB does not say. */
    readonly position: number | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }

  /** True where the machine failed, not the statement. */
  get isMachineTrouble(): boolean {
    return ['IO', 'Out of Memory', 'FATAL'].includes(this.kind) || isDiskTrouble(this);
  }
}

const errorShape = z.object({
  exception_type: z.string(),
  exception_message: z.string(),
  position: z.coerce.number().optional(),
});

/** The most rows DuckDB takes in one chunk. */
const chunkRows = 2048;

const interruptEveryMs = 50;

/** More than this is spilled to disk; on a small machine, more than 60 % of what it has. */
const mostMemoryBytes = 3e9;

/** What an engine needs. */
export interface EngineOptions {
  /** Where DuckDB may spill what does not fit in memory. */
  readonly temporaryFolder: string;
  /** Stops the running statement when it fires; the statement then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One DuckDB in memory, to which a build attaches everything it reads and writes. */
export class Engine {
  #interrupting: NodeJS.Timeout | undefined;

  /** Interrupts until the engine closes: DuckDB forgets one that comes just before a statement begins. */
  readonly #interrupt = (): void => {
    this.connection.interrupt();
    this.#interrupting ??= setInterval(() => this.connection.interrupt(), interruptEveryMs);
  };

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.#interrupt);
  }

  /** Starts a DuckDB that fetches no extension and counts its days in UTC. */
  static async open(options: EngineOptions): Promise<Engine> {
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      errors_as_json: 'true',
      memory_limit: `${Math.floor(Math.min(mostMemoryBytes, totalmem() * 0.6) / 1e6)}MB`,
      // Bronze is many small files, each read once. Cached, 10,000 of them took 540 MB more and half as long
      // again; kept in order, each takes a row group of its own, at twice the time and memory.
      enable_external_file_cache: 'false',
      preserve_insertion_order: 'false',
      temp_directory: options.temporaryFolder,
    });
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    return new Engine(instance, connection, options.signal);
  }

  /** Runs one statement. */
  async run(sql: string): Promise<void> {
    await this.#guard(() => this.connection.run(sql));
  }

  /** Runs a `create table … as` and returns how many rows it wrote. */
  async createAs(sql: string): Promise<number> {
    const [written] = await this.rows(z.object({ Count: z.coerce.number() }), sql);
    return written?.Count ?? 0;
  }

  /** Runs one query and parses each row (bigints, decimals, dates and instants come as text). */
  async rows<T>(row: z.ZodType<T>, sql: string): Promise<T[]> {
    const found = await this.#guard(async () =>
      (await this.connection.runAndReadAll(sql)).getRowObjectsJson(),
    );
    return z.array(row).parse(found);
  }

  /** Runs one query, counts its rows and keeps the first `keep` of them as JSON; never holds them all. */
  async count(sql: string, keep: number): Promise<{ count: number; firstRows: string[] }> {
    return this.#guard(async () => {
      const reader = await this.connection.streamAndReadUntil(sql, keep);
      const firstRows = reader
        .getRowObjectsJson()
        .slice(0, keep)
        .map((found) => JSON.stringify(found));
      while (!reader.done) await reader.readUntil(reader.currentRowCount + 100 * chunkRows);
      return { count: reader.currentRowCount, firstRows };
    });
  }

  /** Makes a table of text columns in a catalog and fills it; the caller casts when reading. */
  async fill(
    catalog: string,
    table: string,
    columns: readonly string[],
    rows: Iterable<readonly (string | null)[]>,
  ): Promise<void> {
    await this.run(
      `create table ${catalog}.main.${table} (${columns.map((name) => `"${name}" varchar`).join(', ')})`,
    );
    await this.#guard(async () => {
      const appender = await this.connection.createAppender(table, 'main', catalog);
      const append = (part: (string | null)[][]): void => {
        const chunk = DuckDBDataChunk.create(columns.map(() => VARCHAR));
        chunk.setRows(part);
        appender.appendDataChunk(chunk);
      };
      let part: (string | null)[][] = [];
      for (const row of rows) {
        part.push([...row]);
        if (part.length === chunkRows) {
          append(part);
          part = [];
        }
      }
      if (part.length > 0) append(part);
      appender.closeSync();
    });
  }

  /** Asks DuckDB's parser for the tree of a SELECT, as JSON text. */
  async parse(sql: string): Promise<unknown> {
    const found = await this.rows(
      z.object({ tree: z.string() }),
      `select json_serialize_sql(${literal(sql)}) as tree`,
    );
    return JSON.parse(found[0]?.tree ?? 'null') as unknown;
  }

  /** Closes every file that was attached; their locks end with it. */
  close(): void {
    this.signal?.removeEventListener('abort', this.#interrupt);
    clearInterval(this.#interrupting);
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async #guard<T>(act: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      this.signal?.throwIfAborted();
      throw engineError(error);
    }
  }
}

function engineError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const parsed = errorShape.safeParse(jsonOrNull(error.message));
  if (!parsed.success) return new EngineError('Unknown', error.message, undefined, error);
  const { exception_type: kind, exception_message: message, position } = parsed.data;
  return new EngineError(kind, message, position, error);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
