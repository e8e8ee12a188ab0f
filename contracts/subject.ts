import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import { duckdbTypes, type Contract } from './contract.ts';
import { quoteName, quotePath, quoteText } from './sql-text.ts';

/** The candidate that is audited, and the cell it is to be published as. */
export interface AuditSubject {
  readonly parquetPath: string;
  readonly cell: CellKey;
}

/** One column as the Parquet file has it, its type in DuckDB's words. */
export interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/** The beginning of the names that stand for what the cell dictates. No column of a file has it. */
export const factPrefix = 'cell__';

/**
 * Writes the relation `subject` that every check reads: some of the file's columns and, beside them,
 * what the cell says they must be.
 */
export function subjectOf(
  relation: string,
  columns: readonly string[] | 'all',
  contract: Contract,
  cell: CellKey,
): string {
  const selected = columns === 'all' ? ['*'] : columns.map(quoteName);
  const facts = Object.entries(factsOf(contract, cell)).map(
    ([name, sql]) => `${sql} as ${factPrefix}${name}`,
  );
  return `with subject as (select ${[...selected, ...facts].join(', ')} from ${relation})`;
}

/** The file as a relation: nothing is read out of its path. */
export function fileRelation(parquetPath: string): string {
  return `read_parquet(${quotePath(parquetPath)}, hive_partitioning = false)`;
}

/** The files of many cells of one dataset, as DuckDB is told of them. */
export function listOfPaths(subjects: readonly AuditSubject[]): string {
  return `[${subjects.map(({ parquetPath }) => quotePath(parquetPath)).join(', ')}]`;
}

/**
 * Writes the relation `subject` over many files: the rows of all, each with what its own cell says it must be, and
 * with its file in `cell__file`.
 */
export function subjectOfMany(subjects: readonly AuditSubject[], contract: Contract): string {
  const [first] = subjects;
  const names = first ? Object.keys(factsOf(contract, first.cell)) : [];
  const facts = subjects.map(
    ({ parquetPath, cell }) =>
      `(${[quoteText(parquetPath), ...Object.values(factsOf(contract, cell))].join(', ')})`,
  );
  const columns = ['path', ...names].map((name) => `${factPrefix}${name}`).join(', ');
  const files = `read_parquet(${listOfPaths(subjects)}, hive_partitioning = false, filename = '${factPrefix}file')`;
  return `with facts (${columns}) as (values ${facts.join(', ')}), subject as (
    select * from ${files} as files inner join facts on files.${factPrefix}file = facts.${factPrefix}path)`;
}

/** No row at all, in the columns of a contract: enough to try SQL on. */
export function emptyRelation(contract: Contract): string {
  const columns = contract.columns.map(
    (column) => `null::${duckdbTypes[column.physicalType]} as ${quoteName(column.name)}`,
  );
  return `(select ${columns.join(', ')} where false)`;
}

function factsOf(contract: Contract, cell: CellKey): Record<string, string> {
  const { source, resource } = splitDataset(cell.dataset);
  return {
    source: quoteText(source),
    resource: quoteText(resource),
    ticker: quoteText(cell.ticker),
    date: `date ${quoteText(cell.date)}`,
    contract_version: quoteText(contract.version),
  };
}
