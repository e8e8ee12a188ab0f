import type { z } from 'zod';
import * as sql from './report-sql.ts';
import * as row from './rows.ts';
import type { WarehouseReader } from './warehouse-reader.ts';

/** One configured asset with its last price. */
export type AssetOfReport = Readonly<z.infer<typeof row.assetRow>>;
/** One asset's return over one period. */
export type Performance = Readonly<z.infer<typeof row.performanceRow>>;
/** Where one number came from. */
export type Lineage = Readonly<z.infer<typeof row.lineageRow>>;
/** One cell of the grid. */
export type CellOfReport = Readonly<z.infer<typeof row.cellRow>>;

/** All that the page says, and what `--format json` gives to programs. */
export interface ReportData {
  readonly build: Readonly<z.infer<typeof row.buildRow>> | null;
  readonly assets: readonly AssetOfReport[];
  readonly performance: readonly Performance[];
  /** The publications behind the closes that the page shows. */
  readonly lineage: readonly Lineage[];
  readonly volatility: readonly Readonly<z.infer<typeof row.volatilityRow>>[];
  readonly investments: readonly Readonly<z.infer<typeof row.investmentRow>>[];
  readonly months: readonly Readonly<z.infer<typeof row.monthRow>>[];
  /** The cells of the newest days, each with its workflow. */
  readonly recentCells: readonly CellOfReport[];
  /** Cells that are refused, failed, missing or skipped, and restated ones, newest first; at most `notableMost`. */
  readonly notableCells: readonly CellOfReport[];
  readonly states: readonly Readonly<z.infer<typeof row.stateCountRow>>[];
  readonly audits: readonly Readonly<z.infer<typeof row.auditCountRow>>[];
  readonly failedRules: readonly Readonly<z.infer<typeof row.failedRuleRow>>[];
  readonly gaps: readonly Readonly<z.infer<typeof row.gapRow>>[];
  readonly conflicts: readonly Readonly<z.infer<typeof row.conflictRow>>[];
  /** Prices that are not from the first source of their asset. */
  readonly fallbacks: readonly Readonly<z.infer<typeof row.fallbackRow>>[];
  /** The newest event in which closes of an asset were restated, one row an asset. */
  readonly restatements: readonly Readonly<z.infer<typeof row.restatementRow>>[];
  readonly sources: readonly Readonly<z.infer<typeof row.sourceRow>>[];
  readonly runs: readonly Readonly<z.infer<typeof row.runRow>>[];
  /** Tables that the page asks for and this warehouse has not. */
  readonly absentTables: readonly string[];
}

/** More cells than this are counted, not listed. */
export const notableMost = 200;
/** More links than this in the newest days would make the page slow to walk by keyboard. */
const recentCellsMost = 1_200;
const recentDaysMost = 30;

const assetTables = ['marts.dim_assets', 'marts.fct_daily_returns'];

/** Reads everything the page says from one warehouse. */
export async function readReportData(reader: WarehouseReader): Promise<ReportData> {
  if (reader.has(assetTables)) await reader.name('last_closes', sql.lastClosesSql);
  const assets = await reader.rows(row.assetRow, assetTables, sql.assetsSql);
  const cells = `(${sql.cellsSql})`;
  const grid = `(${sql.gridSql})`;
  const cellTables = ['metadata.cells', 'marts.dim_assets'];
  const summary = ['marts.rpt_performance_summary'];
  const data = {
    build: (await reader.rows(row.buildRow, ['metadata.build'], 'select * from metadata.build'))[0] ?? null,
    assets,
    performance: await reader.rows(row.performanceRow, summary, sql.performanceSql),
    lineage: await reader.rows(
      row.lineageRow,
      ['metadata.lineage', 'marts.fct_daily_prices', ...assetTables, ...summary],
      sql.lineageSql,
    ),
    volatility: await reader.rows(row.volatilityRow, ['marts.rpt_volatility_comparison'], sql.volatilitySql),
    investments: await reader.rows(
      row.investmentRow,
      ['marts.rpt_investment_simulation'],
      sql.investmentsSql,
    ),
    months: await reader.rows(row.monthRow, cellTables, sql.monthsSql(grid)),
    recentCells: await reader.rows(row.cellRow, cellTables, sql.recentSql(grid, recentDays(assets.length))),
    notableCells: await reader.rows(row.cellRow, cellTables, sql.notableSql(cells, notableMost)),
    states: await reader.rows(row.stateCountRow, cellTables, sql.statesSql(cells)),
    audits: await reader.rows(row.auditCountRow, ['metadata.pipeline_steps'], sql.auditsSql),
    failedRules: await reader.rows(row.failedRuleRow, ['metadata.quality_results'], sql.failedRulesSql),
    gaps: await reader.rows(row.gapRow, ['intermediate.int_market__data_gaps'], sql.gapsSql),
    fallbacks: await reader.rows(row.fallbackRow, ['marts.fct_daily_prices'], sql.fallbacksSql),
    conflicts: await reader.rows(row.conflictRow, ['metadata.source_conflicts'], sql.conflictsSql),
    restatements: await reader.rows(row.restatementRow, ['metadata.restatements'], sql.restatementsSql),
    sources: await reader.rows(row.sourceRow, ['metadata.lineage'], sql.sourcesSql),
    runs: await reader.rows(row.runRow, ['metadata.pipeline_runs'], sql.runsSql),
  };
  return { ...data, absentTables: reader.absentTables };
}

function recentDays(assets: number): number {
  return Math.max(5, Math.min(recentDaysMost, Math.floor(recentCellsMost / Math.max(1, assets))));
}
