import type { DatasetId, PartitionDate } from '../workflows/pure/cell.ts';

/** One column of a contract, with its type as Parquet and DuckDB know it. */
export interface ColumnOfDataset {
  readonly name: string;
  readonly physicalType: string;
}

/** One dataset that models may read as `bronze.<source>__<resource>`. */
export interface DatasetOfBuild {
  readonly id: DatasetId;
  readonly columns: readonly ColumnOfDataset[];
}

/** One configured asset, with the dataset its prices come from. */
export interface AssetRow {
  readonly ticker: string;
  readonly class: string;
  readonly calendar: string;
  readonly dataset: DatasetId;
  /** The source's own name of the asset. */
  readonly symbol: string;
  /** The currency of its prices; null where a price is none (an index). */
  readonly currency: string | null;
}

/** One day of an asset's calendar. */
export interface DayRow {
  readonly ticker: string;
  readonly date: PartitionDate;
  readonly is_open: boolean;
  /** Why it is closed, or that it closes early; null where there is nothing to say. */
  readonly note: string | null;
}

/** All that a warehouse is made of. */
export interface WarehouseInputs {
  /** Where the warehouse lies; it is built beside it and renamed over it. */
  readonly warehousePath: string;
  /** The folder of the SQL files. */
  readonly sqlFolder: string;
  /** The lake's index, opened read-only and only for as long as it takes to copy it. */
  readonly indexPath: string;
  /** The folder of published files. */
  readonly bronzeFolder: string;
  /** Every dataset that has a contract, whether an asset uses it or not. */
  readonly datasets: readonly DatasetOfBuild[];
  readonly assets: readonly AssetRow[];
  /** The calendar of each asset over the lake's span. */
  readonly days: readonly DayRow[];
  readonly market: 'sample' | 'live';
  /** The run that builds; it shows as running. */
  readonly builtBy: string;
  readonly now: Date;
  /** Called at the start of each step with its name, such as `model marts.dim_assets`. */
  readonly onProgress?: (step: string) => void;
  /** Stops the build; the old warehouse stays. */
  readonly signal?: AbortSignal;
}

/** One model that was built. */
export interface BuiltModel {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
}

/** One SQL test that was run; those of severity `error` have no offenders where the build succeeded. */
export interface RunTest {
  readonly name: string;
  readonly severity: 'error' | 'warning';
  readonly offenders: number;
}

/**
 * A cell whose file in bronze is not the one the index calls current: it is not there yet, no record
 * knows its batch, or it is still the one before. Only the last kind is in the warehouse.
 */
export interface UnsettledCell {
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly date: PartitionDate;
  readonly found: 'nothing' | 'unknown batch' | 'older publication';
}

/** What a build did. `unchanged`: the warehouse there is of the same inputs, and was left alone. */
export interface BuildResult {
  readonly outcome: 'built' | 'unchanged';
  readonly fingerprint: string;
  readonly models: readonly BuiltModel[];
  readonly tests: readonly RunTest[];
  readonly unsettled: readonly UnsettledCell[];
}
