import { evaluateMany } from '../contracts/evaluate-many.ts';
import type { Verdict } from '../contracts/verdict.ts';
import { boundedMap } from '../lake/bounded-map.ts';
import { checkedJsonBytes } from '../lake/checked-json.ts';
import { monthAuditFile } from '../lake/layout.ts';
import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { MonthCells } from '../workflows/pure/month.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { auditFacts } from './audit.ts';
import { beatOfParts } from './beat.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';
import type { DayCandidate } from './write-month.ts';

/** The candidates of a month's cells, to be judged. */
export interface MonthAuditTask extends Omit<MonthCells, 'symbol' | 'dates'> {
  readonly candidates: readonly DayCandidate[];
}

/** The verdicts in short. */
export interface MonthAudited {
  /** The cells whose verdict is not that they passed. */
  readonly left: readonly PartitionDate[];
  readonly contractVersion: string;
  /** Where the verdicts lie, below the lake's root; empty where no cell passed. */
  readonly file: string;
}

const filesAtOnce = 16;

/**
 * Reads a month's candidates back with DuckDB and evaluates their contract, with one query for all and one file for
 * the verdicts of those that passed. A cell that did not is taken out: its own workflow writes it again, judges it
 * again and keeps that verdict.
 */
export async function auditMonth(
  deps: ActivityDeps,
  context: RunContext,
  task: MonthAuditTask,
): Promise<MonthAudited> {
  const { contract } = datasetParts(deps, task.dataset);
  const beat = beatOfParts();
  const judged = await judge(deps, task);
  beat();
  for (const { verdict } of judged)
    if (verdict) deps.observe({ kind: 'audit', dataset: task.dataset, checks: verdict.checks });
  const passed = judged.filter(({ verdict }) => verdict?.outcome === 'passed');
  const others = judged.filter(({ verdict }) => verdict?.outcome !== 'passed');
  await boundedMap(others, filesAtOnce, ({ candidate }) => deps.store.remove(candidate.file));
  const file = passed.length === 0 ? '' : await keepVerdicts(deps, context, task, passed);
  return { left: others.map(({ date }) => date), contractVersion: contract.version, file };
}

type Judged = DayCandidate & { readonly verdict: Verdict | undefined };

/** A candidate that is gone or cannot be read has no verdict. */
async function judge(deps: ActivityDeps, task: MonthAuditTask): Promise<Judged[]> {
  const { contract } = datasetParts(deps, task.dataset);
  const sizes = await boundedMap(task.candidates, filesAtOnce, ({ candidate }) =>
    deps.store.sizeOf(candidate.file),
  );
  const there = task.candidates.filter((_, index) => sizes[index] !== undefined);
  const gone = task.candidates.filter((_, index) => sizes[index] === undefined);
  const subjects = there.map(({ date, candidate }) => ({
    parquetPath: deps.store.pathOf(candidate.file),
    cell: { dataset: task.dataset, ticker: task.ticker, date },
  }));
  const connection = await deps.auditor.connect();
  try {
    const verdicts = subjects.length === 0 ? [] : await evaluateMany(connection, contract, subjects);
    return [
      ...there.map((one, index) => ({ ...one, verdict: verdicts[index] })),
      ...gone.map((one) => ({ ...one, verdict: undefined })),
    ];
  } finally {
    connection.closeSync();
  }
}

async function keepVerdicts(
  deps: ActivityDeps,
  context: RunContext,
  task: MonthAuditTask,
  passed: readonly Judged[],
): Promise<string> {
  const { id, workflowRunId } = currentAttempt(deps.lake.id);
  const file = monthAuditFile(task, (passed[0]?.date ?? '').slice(0, 7), id);
  const facts = auditFacts(deps, context, task, workflowRunId);
  const lines = passed.map(({ date, candidate, verdict }) =>
    checkedJsonBytes({ ...facts, date, candidateSha256: candidate.sha256, verdict }),
  );
  await deps.store.put(file, Buffer.concat(lines));
  return file;
}
