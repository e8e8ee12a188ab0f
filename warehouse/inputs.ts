import type { Fixing } from '../contracts/contract.ts';
import type { CompactedFile } from '../lake/compact-files.ts';
import type { DatasetId, PartitionDate } from '../workflows/pure/cell.ts';
import type { RebuildDifference } from './diff/before-swap.ts';

/** One column of a contract, with its type as Parquet and DuckDB know it. */
export interface ColumnOfDataset {
  readonly name: string;
  readonly physicalType: string;
  /** Such as `USD`; for people. */
  readonly unit?: string;
}

/** One dataset that models may read as `bronze.<source>__<resource>`. */
export interface DatasetOfBuild {
  readonly id: DatasetId;
  /** The version of its contract. */
  readonly version: string;
  readonly columns: readonly ColumnOfDataset[];
  /** The columns that name a row; those beyond ticker and date tell rows of one cell apart. */
  readonly primaryKey: readonly string[];
  /** By how many percent its prices may differ from another dataset's. */
  readonly priceTolerancePct: number;
  /** When its prices are fixed; null where its contract does not say. */
  readonly fixing: Fixing | null;
  /** Files that hold the rows of many cells; only what they lack, or hold as it was once, is read cell by cell. */
  readonly compactedFiles?: readonly CompactedFile[];
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
  /** The datasets after its first, in their order: each counts on the days that none before it has; left out: none. */
  readonly fallbacks?: readonly { readonly dataset: DatasetId; readonly symbol: string }[];
  /** When its prices are fixed, by dataset, where that dataset's contract cannot know it. */
  readonly fixings?: Readonly<Record<DatasetId, string>>;
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
  /**
   * Finds the path of a replaced file by its key, undefined where it is kept nowhere; what has to be unpacked goes into the
   * given folder. Left out: it lies in the folder that bronze lies in, or is gone.
   */
  readonly findReplaced?: (key: string, unpacked: string) => Promise<string | undefined>;
  /** Every dataset that has a contract, whether an asset uses it or not. */
  readonly datasets: readonly DatasetOfBuild[];
  readonly assets: readonly AssetRow[];
  /** The calendar of each asset over the lake's span; gone through more than once, and never held whole. */
  readonly days: Iterable<DayRow>;
  readonly market: 'sample' | 'live';
  /** The run that builds; it shows as running. */
  readonly builtBy: string;
  readonly now: Date;
  /** What a SQL test of severity `error` does that finds offenders: it stops the build, unless it is only reported. */
  readonly failedTests?: 'stop' | 'report';
  /** Called at the start of each step with its name, such as `model marts.dim_assets`. */
  readonly onProgress?: (step: string) => void;
  /** Awaited when the new warehouse is whole and tested, just before it replaces the old one; may throw to stop that. */
  readonly beforeSwap?: (difference: RebuildDifference) => Promise<void>;
  /** Told what was left aside, and that nothing is lost by it. */
  readonly onIgnored?: (sentence: string) => void;
  /** Stops the build; the old warehouse stays. */
  readonly signal?: AbortSignal;
}

/** One model that was built. */
export interface BuiltModel {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
}

/** One SQL test that was run; one of severity `error` has offenders only where these are to be reported. */
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
  /** How many cells were read from a file of their own. */
  readonly looseCells: number;
  /** What it changed; null where nothing was built. */
  readonly difference: RebuildDifference | null;
}
