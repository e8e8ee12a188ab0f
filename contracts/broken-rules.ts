import type { DuckDBConnection } from '@duckdb/node-api';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import { compileContract } from './compile.ts';
import type { CompiledCheck } from './compiled-check.ts';
import { duckdbTypes, type Contract } from './contract.ts';
import { meets } from './expectation.ts';
import { asContractError, measureRow, readFileColumns, readOffenders } from './run-sql.ts';
import { quoteName, quotePath, quoteText } from './sql-text.ts';
import { factPrefix, fileRelation, subjectOf, type AuditSubject } from './subject.ts';

/** One failed check of one cell among many. */
export interface BrokenRule {
  readonly rule: string;
  readonly severity: CompiledCheck['severity'];
  readonly expected: string;
  readonly measured: string;
}

/** One cell among many, and which rules of a contract it breaks. */
export interface CellVerdict {
  readonly cell: CellKey;
  readonly broken: readonly BrokenRule[];
}

/** The columns of a contract that a file lacks or has in another type: rules over them cannot be asked of it. */
export async function columnsUnread(
  connection: DuckDBConnection,
  contract: Contract,
  parquetPath: string,
): Promise<string[]> {
  const found = await readFileColumns(connection, fileRelation(parquetPath));
  const types = new Map(found.map(({ name, type }) => [name, type]));
  return contract.columns
    .filter(({ name, physicalType }) => types.get(name) !== duckdbTypes[physicalType])
    .map(({ name }) => name);
}

/**
 * Holds many files against one contract at once, as if they had been written under its version. Their columns must be
 * readable (`columnsUnread`). A rule that counts rows costs one aggregate over all of them; one whose query is its own,
 * or that compares rows of a file with each other, is asked cell by cell.
 * @throws ContractError where a file is no whole Parquet file.
 */
export async function brokenRules(
  connection: DuckDBConnection,
  contract: Contract,
  subjects: readonly AuditSubject[],
): Promise<CellVerdict[]> {
  const [first] = subjects;
  if (!first) return [];
  try {
    await load(connection, contract, subjects);
    const rowCounts = await measureTogether(connection, contract, subjects.length);
    for (const check of compileContract(contract)) {
      if (isAggregate(check)) continue;
      for (const [index, { cell }] of subjects.entries()) {
        const row = rowCounts[index];
        // One row has no other to be compared with.
        if (!row || (check.isAboutManyRows && row.rowCount <= 1)) continue;
        const sql = `${subjectSql(contract, cell, index)} select ${check.measure} from subject limit 1`;
        noteBroken(row.broken, check, (await measureRow(connection, sql))[0] ?? null);
      }
    }
    return subjects.map(({ cell }, index) => ({ cell, broken: rowCounts[index]?.broken ?? [] }));
  } catch (cause) {
    throw asContractError(cause, contract, first);
  }
}

/** Fetches the rows of the loaded cells that a rule is about: `index` is the cell's place among the subjects. */
export async function offendersAmong(
  connection: DuckDBConnection,
  contract: Contract,
  cell: CellKey,
  index: number,
  rule: string,
): Promise<Record<string, string | null>[]> {
  const check = compileContract(contract).find((candidate) => candidate.rule === rule);
  return check ? readOffenders(connection, subjectSql(contract, cell, index), check) : [];
}

/** Names the cell of each row, beside its columns; no column of a file begins so. */
const cellIndex = `${factPrefix}index`;

/** Reads every file once. The version that files say they were written under is not the question here. */
async function load(
  connection: DuckDBConnection,
  contract: Contract,
  subjects: readonly AuditSubject[],
): Promise<void> {
  const files = subjects.map(({ parquetPath }) => quotePath(parquetPath)).join(', ');
  const facts = subjects.map(
    ({ parquetPath, cell }, index) =>
      `(${index}, ${quoteText(parquetPath)}, ${quoteText(cell.ticker)}, date ${quoteText(cell.date)})`,
  );
  const columns = contract.columns.map(({ name }) =>
    name === '__schema_version' ? `${quoteText(contract.version)} as ${quoteName(name)}` : quoteName(name),
  );
  await connection.run(
    `create or replace temp table audited_cells as
     select * from (values ${facts.join(', ')}) as t (${cellIndex}, file, ${factPrefix}ticker, ${factPrefix}date)`,
  );
  await connection.run(
    `create or replace temp table audited_rows as
     select ${columns.join(', ')}, audited_cells.${cellIndex}
     from read_parquet([${files}], hive_partitioning = false, union_by_name = true, filename = '${factPrefix}file') as rows_read
     inner join audited_cells on rows_read.${factPrefix}file = audited_cells.file`,
  );
}

interface Measured {
  readonly rowCount: number;
  readonly broken: BrokenRule[];
}

/** Measures every check that is an aggregate, for all cells in one SELECT; the answer stands at the cell's index. */
async function measureTogether(
  connection: DuckDBConnection,
  contract: Contract,
  cellCount: number,
): Promise<Measured[]> {
  const checks = compileContract(contract).filter(isAggregate);
  const { source, resource } = splitDataset(contract.dataset);
  const facts = [
    `${quoteText(source)} as ${factPrefix}source`,
    `${quoteText(resource)} as ${factPrefix}resource`,
    `${factPrefix}ticker`,
    `${factPrefix}date`,
    `${quoteText(contract.version)} as ${factPrefix}contract_version`,
  ];
  const reader = await connection.runAndReadAll(
    `with subject as (
        select audited_rows.*, ${facts.join(', ')} from audited_rows inner join audited_cells using (${cellIndex})
     )
     select ${[cellIndex, 'count(*)', ...checks.map((check) => check.measure)].join(', ')}
     from subject group by ${cellIndex}`,
  );
  const measured: Measured[] = Array.from({ length: cellCount }, () => ({ rowCount: 0, broken: [] }));
  for (const [index, rowCount, ...values] of reader.getRowsJS()) {
    const row: Measured = { rowCount: Number(rowCount), broken: [] };
    checks.forEach((check, place) => noteBroken(row.broken, check, numberOf(values[place])));
    measured[Number(index)] = row;
  }
  // A file without a row is in no group: nothing offends in it, and its rows are counted as none.
  for (const row of measured.filter(({ rowCount }) => rowCount === 0)) {
    for (const check of checks) noteBroken(row.broken, check, 0);
  }
  return measured;
}

function noteBroken(broken: BrokenRule[], check: CompiledCheck, measured: number | null): void {
  if (meets(measured, check.expectation)) return;
  const { rule, severity, expected } = check;
  broken.push({ rule, severity, expected, measured: String(measured) });
}

/** A measure in brackets is a SELECT of its own over `subject`, which then must be one cell's. */
function isAggregate(check: CompiledCheck): boolean {
  return !check.measure.startsWith('(');
}

function subjectSql(contract: Contract, cell: CellKey, index: number): string {
  const names = contract.columns.map(({ name }) => name);
  return subjectOf(`(select * from audited_rows where ${cellIndex} = ${index})`, names, contract, cell);
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
