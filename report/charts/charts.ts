import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { WarehouseReader } from '../read/warehouse-reader.ts';

const unified = 'intermediate.int_market__unified_prices';
const rankedBy = ['marts.dim_assets', 'marts.rpt_performance_summary'];

/** The charts in the order of the page, the first one large; each is `<name>.sql` and `<name>.vl.json` beside this file. */
export const charts = [
  {
    name: 'performance',
    title: 'Performance against Bitcoin, first close = 100',
    tables: [unified, ...rankedBy],
  },
  { name: 'growth', title: 'What $1,000 became over all the data', tables: [unified, ...rankedBy] },
  {
    name: 'lump-sum',
    title: '$1,200 at once against $100 a month',
    tables: ['marts.rpt_investment_simulation'],
  },
  { name: 'volatility', title: 'Volatility', tables: ['marts.rpt_volatility_comparison'] },
  {
    name: 'correlation',
    title: 'Correlation of daily returns',
    tables: ['marts.rpt_correlation', ...rankedBy],
  },
  { name: 'drawdown', title: 'Drawdown over the year', tables: [unified, ...rankedBy] },
] as const;

/** The name of a chart. */
export type ChartName = (typeof charts)[number]['name'];

const chartRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** One row that a chart draws. */
export type ChartRow = Readonly<z.infer<typeof chartRow>>;

/** One chart with the rows it draws; none where there is nothing to draw. */
export interface ChartData {
  readonly name: ChartName;
  readonly title: string;
  readonly spec: unknown;
  readonly rows: readonly ChartRow[];
}

/** Reads the rows of every chart. */
export async function readCharts(reader: WarehouseReader): Promise<ChartData[]> {
  if (reader.has(rankedBy)) await reader.name('shown', statementOf(await textOf('shown.sql')));
  const found: ChartData[] = [];
  for (const { name, title, tables } of charts) {
    const rows = await reader.rows(chartRow, tables, await textOf(`${name}.sql`));
    found.push({ name, title, spec: JSON.parse(await textOf(`${name}.vl.json`)) as unknown, rows });
  }
  return found;
}

function textOf(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, name), 'utf8');
}

/** A view takes a statement without the comment before it. */
function statementOf(sql: string): string {
  return sql.slice(sql.search(/^with /m));
}
