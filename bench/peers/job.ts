import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileContract } from '../../contracts/compile.ts';
import type { Contract } from '../../contracts/contract.ts';
import { loadContracts } from '../../contracts/load.ts';
import { fileRelation, subjectOf } from '../../contracts/subject.ts';
import { projectFolder } from '../../settings.ts';
import { addDays, datesBetween, splitDataset, utcDateOf } from '../../workflows/pure/cell.ts';
import { coins } from '../shape.ts';

const dataset = 'coingecko.market_chart';
/** A day's close is out a while after midnight. */
const settlingMs = 3_600_000;

/** Stands in the SQL for what steps.py puts there for each cell. */
const placeholder = { path: '@path@', ticker: '@ticker@', date: '2001-01-01' };

/** What a peer is to do: as many days of the coins of the bench, up to yesterday. */
export interface PeerJob {
  /** The folder that it works in. */
  readonly root: string;
  /** The file by which it is told. */
  readonly file: string;
  readonly cellCount: number;
}

/** Writes a job down for steps.py: the windows, the days, and the very SQL of our contract's rules. */
export async function writeJob(root: string, marketUrl: string, days: number, now: Date): Promise<PeerJob> {
  const contract = contractOf();
  const lastDay = addDays(utcDateOf(now.getTime() - settlingMs), -1);
  const { source, resource } = splitDataset(dataset);
  const job = {
    root,
    marketUrl,
    source,
    resource,
    windows: coins.map((symbol) => ({ ticker: symbol, symbol })),
    dates: datesBetween(addDays(lastDay, 1 - days), lastDay),
    askDays: days + 1,
    contractVersion: contract.version,
    columns: contract.columns.map(({ name, logicalType }) => ({ name, type: logicalType })),
    ...auditOf(contract),
  };
  await mkdir(root, { recursive: true });
  const file = join(root, 'job.json');
  await writeFile(file, JSON.stringify(job));
  return { root, file, cellCount: coins.length * days };
}

function contractOf(): Contract {
  const contract = loadContracts(join(projectFolder, 'contracts')).get(dataset);
  if (!contract) throw new Error(`contracts/ has none for ${dataset}`);
  return contract;
}

/** The SELECT of a file of one row, as the audit has it, and what each of its numbers must be. */
function auditOf(contract: Contract): { readonly auditSql: string; readonly checks: readonly object[] } {
  const compiled = compileContract(contract);
  const cell = { dataset, ticker: placeholder.ticker, date: placeholder.date } as const;
  const subject = subjectOf(fileRelation(placeholder.path), 'all', contract, cell);
  // Python's DuckDB hands out an instant with a zone only through a further library.
  const row = '* replace ("__ingested_at"::varchar as "__ingested_at")';
  const selected = [row, ...compiled.map((check) => check.ofOneRow.sql)].join(', ');
  const checks = compiled.map(({ rule, severity, expectation, ofOneRow }) => {
    if (expectation.operator !== 'mustBe') throw new Error(`steps.py does not know ${expectation.operator}`);
    return { rule, severity, ifNull: ofOneRow.ifNull, mustBe: expectation.value };
  });
  return { auditSql: `${subject} select ${selected} from subject limit 2`, checks };
}
