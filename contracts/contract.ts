import type { DatasetId } from '../workflows/pure/cell.ts';

/**
 * What a contract is once it has been read: the columns of a dataset's Parquet files and the rules that
 * every candidate must keep. Nothing in here knows YAML or SQL.
 */
export interface Contract {
  readonly dataset: DatasetId;
  /** The contract's own id; its last part is the dataset. */
  readonly id: string;
  readonly version: string;
  /** Of the file's bytes, in hex. */
  readonly sha256: string;
  /** The file it was read from, as errors name it. */
  readonly file: string;
  /** The name of the one table it describes. */
  readonly table: string;
  /** In the order of the Parquet file: keys, measures, lineage. */
  readonly columns: readonly Column[];
  /** The columns that together occur once; empty where the contract names none. */
  readonly primaryKey: readonly string[];
  /** What stands under `quality`, without the texts. */
  readonly rules: readonly Rule[];
  /** How many `type: text` rules there are: documentation, never evaluated. */
  readonly textRuleCount: number;
  /** How many rows a cell's file holds; `at least 1`: as many as there were to tell. */
  readonly rowsPerCell: number | 'at least 1';
  /** What an answer without rows means on an open day. */
  readonly emptyAnswer: EmptyAnswer;
  /** By how many percent its prices may differ from another source's of the same asset and day. */
  readonly priceTolerancePct: number;
  /** When its prices are fixed; null where the contract does not say. */
  readonly fixing: Fixing | null;
  /** How many days an asset may lag behind its last final day; null where the contract promises nothing. */
  readonly freshnessDays: number | null;
}

/** When a price is fixed, such as `00:00 UTC`: one text for all assets of a dataset, or one for each class of them. */
export type Fixing = string | Readonly<Record<string, string>>;

/** `failed`: an open day must have data. `closed`: a day without data is a day without a session. */
export type EmptyAnswer = 'failed' | 'closed';

/** One column of the file. */
export interface Column {
  readonly name: string;
  readonly logicalType: LogicalType;
  readonly physicalType: PhysicalType;
  /** True where the column holds no null. Every column stands in every file, required or not. */
  readonly required: boolean;
  readonly unique: boolean;
  readonly limits: readonly Limit[];
  /** A regular expression that every value contains; anchor it to bind the whole value. */
  readonly pattern?: string;
  /** Such as `USD`; for people. */
  readonly unit?: string;
}

/** The types that a column can have, each with the one way in which it is stored. */
export const physicalTypes = {
  string: 'VARCHAR',
  date: 'DATE',
  timestamp: 'TIMESTAMP_TZ',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
} as const;

/** A type as ODCS names it. */
export type LogicalType = keyof typeof physicalTypes;

/** A type as the contract's file names it, in words that other ODCS tools know too. */
export type PhysicalType = (typeof physicalTypes)[LogicalType];

/** The types as DuckDB calls and reports them. */
export const duckdbTypes: Readonly<Record<PhysicalType, string>> = {
  VARCHAR: 'VARCHAR',
  DATE: 'DATE',
  TIMESTAMP_TZ: 'TIMESTAMP WITH TIME ZONE',
  DOUBLE: 'DOUBLE',
  BIGINT: 'BIGINT',
  BOOLEAN: 'BOOLEAN',
};

/** One bound of a column's values. Null keeps every bound, NaN keeps none. */
export interface Limit {
  readonly kind: LimitKind;
  readonly value: number;
}

export type LimitKind = 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum';

export type Severity = 'error' | 'warning';

export type Dimension =
  'accuracy' | 'completeness' | 'conformity' | 'consistency' | 'coverage' | 'timeliness' | 'uniqueness';

/** What a measured number must be. Both ends of a range belong to it. */
export type Expectation =
  | { readonly operator: ValueOperator; readonly value: number }
  | { readonly operator: RangeOperator; readonly low: number; readonly high: number };

export type ValueOperator =
  | 'mustBe'
  | 'mustNotBe'
  | 'mustBeGreaterThan'
  | 'mustBeGreaterOrEqualTo'
  | 'mustBeLessThan'
  | 'mustBeLessOrEqualTo';

export type RangeOperator = 'mustBeBetween' | 'mustNotBeBetween';

interface RuleFacts {
  readonly name: string;
  readonly severity: Severity;
  readonly dimension: Dimension;
  readonly expectation: Expectation;
  /** Where it stands in the contract's file; lines begin at 1. */
  readonly line: number;
}

/** One rule under `quality`: how to measure a number, and what it must be. */
export type Rule = RuleFacts & Metric;

/** What a rule measures. All but `rowCount` and `sql` count rows that offend. */
export type Metric =
  | { readonly metric: 'rowCount' }
  | { readonly metric: 'nullValues'; readonly column: string }
  | { readonly metric: 'missingValues'; readonly column: string; readonly missing: readonly Value[] }
  | { readonly metric: 'invalidValues'; readonly column: string; readonly validValues: readonly Value[] }
  | { readonly metric: 'invalidValues'; readonly column: string; readonly pattern: string }
  | { readonly metric: 'duplicateValues'; readonly columns: readonly string[] }
  | {
      readonly metric: 'sql';
      /** One SELECT of one number, with `${object}` for the table and, on a column, `${property}`. */
      readonly query: string;
      readonly column?: string;
    };

/** A value that a rule lists. */
export type Value = string | number | boolean | null;

/** The columns every dataset's files begin with, in this order. */
export const keyColumns = {
  source_id: 'string',
  resource_id: 'string',
  ticker_id: 'string',
  bar_date: 'date',
} as const satisfies Record<string, LogicalType>;

/** The columns every dataset's files end with, in this order. */
export const lineageColumns = {
  __batch_id: 'string',
  __source_name: 'string',
  __ingested_at: 'timestamp',
  __schema_version: 'string',
} as const satisfies Record<string, LogicalType>;
