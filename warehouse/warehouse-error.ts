/** What can go wrong while the warehouse is built. In every case the old warehouse stays as it was. */
export type WarehouseErrorCode =
  /** A SQL file that is no single SELECT, names what is not there, or that DuckDB refuses. */
  | 'ModelBroken'
  /** Models that need each other. */
  | 'ModelCycle'
  /** A SQL test of severity `error` found offenders. */
  | 'TestFailed'
  /** Another build holds the lake's warehouse, or a writer holds the index. Passes by itself. */
  | 'LakeBusy'
  /** A published file that is there cannot be read as the Parquet its contract promises. */
  | 'BronzeUnreadable'
  /** The index is not there or lacks a table; make it anew from the records. */
  | 'IndexUnreadable'
  /** Disk full, memory exhausted, folder not writable. Tried again. */
  | 'WarehouseUnwritable';

const retryableCodes: ReadonlySet<WarehouseErrorCode> = new Set([
  'LakeBusy',
  'IndexUnreadable',
  'WarehouseUnwritable',
]);

/** Facts for whoever handles the error. */
export interface WarehouseErrorFacts {
  /** The SQL file, as `sql/marts/dim_assets.sql`. */
  readonly file?: string;
  /** Line and column in it, from 1, where DuckDB tells them. */
  readonly line?: number;
  readonly column?: number;
  /** The tests that failed, with their first offenders. */
  readonly failures?: readonly FailedTest[];
  readonly cause?: unknown;
}

/** One failed SQL test. */
export interface FailedTest {
  readonly name: string;
  /** The models that it reads. */
  readonly models: readonly string[];
  readonly offenders: number;
  /** Up to five offending rows, as JSON. */
  readonly firstRows: readonly string[];
}

/** A build that could not go on. The message says what we were doing, what we found, what to do next. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  readonly code: WarehouseErrorCode;
  readonly facts: WarehouseErrorFacts;

  constructor(code: WarehouseErrorCode, message: string, facts: WarehouseErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.facts = facts;
  }

  /** True where the same build may succeed later without anybody's help. */
  get isRetryable(): boolean {
    return retryableCodes.has(this.code);
  }
}
