import type { Check, Verdict } from '../contracts/verdict.ts';
import { evaluateContract } from '../contracts/evaluate.ts';
import { jsonBytes } from '../lake/json.ts';
import { auditFile, refusedFile, stagingFolder } from '../lake/layout.ts';
import { LakeError } from '../lake/lake-error.ts';
import type { Candidate } from '../lake/publish.ts';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef, RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** A candidate to be judged. */
export interface AuditTask extends CellKey {
  readonly batch: BatchRef;
  readonly candidate: Candidate;
}

/** The verdict in short; the whole of it lies in `file`. */
export interface Audited {
  readonly outcome: Verdict['outcome'];
  readonly ruleCount: number;
  readonly contractVersion: string;
  /** The verdict's file below the lake's root. */
  readonly file: string;
  /** What failed, in a sentence for people, and where to look; empty where it passed. */
  readonly refusal: string;
}

/**
 * Reads a candidate back with DuckDB, a second reader, and evaluates its contract. The verdict is kept
 * whether it passed or not; a refusal is an answer, not an exception.
 */
export async function audit(deps: ActivityDeps, context: RunContext, task: AuditTask): Promise<Audited> {
  const { contract } = datasetParts(deps, task.dataset);
  if ((await deps.store.sizeOf(task.candidate.file)) === undefined) {
    throw new LakeError(
      'CandidateGone',
      `The candidate ${task.candidate.file} is gone before its audit. It is written again.`,
    );
  }
  const verdict = await evaluate(deps, task);
  const attempt = currentAttempt(deps.lake.id);
  const file = auditFile(task, attempt.id);
  const isRefused = verdict.outcome !== 'passed';
  const keptAt = isRefused ? refusedFile(task, attempt.id) : undefined;
  await deps.store.put(
    file,
    jsonBytes({
      ...auditFacts(deps, context, task, attempt.workflowRunId),
      candidateSha256: task.candidate.sha256,
      verdict,
      ...(keptAt ? { keptAt } : {}),
    }),
  );
  if (keptAt) await deps.store.keep(task.candidate.file, keptAt);
  return {
    outcome: verdict.outcome,
    ruleCount: verdict.ruleCount,
    contractVersion: contract.version,
    file,
    refusal: keptAt ? `${refusalOf(verdict)}. ${placesOf(deps, task, file, keptAt)}` : '',
  };
}

/** What a verdict's file says of who judged, when, and by which contract. */
export function auditFacts(
  deps: ActivityDeps,
  context: RunContext,
  { dataset, batch }: Pick<AuditTask, 'dataset' | 'batch'>,
  workflowRunId: string,
): Readonly<Record<string, unknown>> {
  const { contract } = datasetParts(deps, dataset);
  return {
    auditedAt: deps.now().toISOString(),
    run: context.run,
    batch,
    workflowRunId,
    contract: contract.id,
    contractVersion: contract.version,
    contractSha256: contract.sha256,
  };
}

async function evaluate(deps: ActivityDeps, task: AuditTask): Promise<Verdict> {
  const { contract } = datasetParts(deps, task.dataset);
  const connection = await deps.auditor.connect();
  try {
    const parquetPath = deps.store.pathOf(task.candidate.file);
    return await evaluateContract(connection, contract, { parquetPath, cell: task });
  } finally {
    connection.closeSync();
  }
}

/** Says what was refused: rule, what was measured and wanted, and the first offending row. */
function refusalOf(verdict: Verdict): string {
  const failed = verdict.checks.filter((check) => check.severity === 'error' && check.outcome !== 'passed');
  const shown = failed.slice(0, 3).map(sentenceOf);
  const more = failed.length > 3 ? `; and ${failed.length - 3} more` : '';
  return `${failed.length} of ${verdict.ruleCount} rules refused it: ${shown.join('; ')}${more}`;
}

/** Where a person looks: the raw answer, the candidate and the whole verdict. */
function placesOf(deps: ActivityDeps, task: AuditTask, verdict: string, candidate: string): string {
  const { source } = splitDataset(task.dataset);
  const raw = stagingFolder(source, task.batch.ingestionDate, task.batch.id);
  return `In ${deps.store.root} lie the raw answer: ${raw}, the candidate: ${candidate}, the verdict: ${verdict}`;
}

/** Columns that only say which cell it is. */
const cellColumns = new Set(['source_id', 'resource_id', 'ticker_id', 'bar_date']);

function sentenceOf(check: Check): string {
  const row = check.offenders[0];
  const values = row
    ? ` (row ${Object.entries(row)
        .filter(
          ([name]) => !name.startsWith('__') && (!cellColumns.has(name) || check.rule.startsWith('cell.')),
        )
        .map(([name, value]) => `${name}=${value ?? 'null'}`)
        .join(' ')})`
    : '';
  return `${check.rule}: found ${check.measured}, wanted ${check.expected}${values}`;
}
