import { refusingChecks, refusingRules } from '../contracts/acceptance.ts';
import type { Check, Verdict } from '../contracts/verdict.ts';
import { evaluateContract } from '../contracts/evaluate.ts';
import { checkedJsonBytes } from '../lake/checked-json.ts';
import { auditFile, refusedFile, stagingFolder } from '../lake/layout.ts';
import { LakeError } from '../lake/lake-error.ts';
import type { Candidate } from '../lake/publish.ts';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef, RunContext } from '../workflows/pure/run.ts';
import { acceptedByPerson, type Accepted } from './accepted.ts';
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
  /** Of the contract's file. */
  readonly contractSha256: string;
  /** The rules that refused it; none where it passed. */
  readonly rules: readonly string[];
  /** The record by which a person accepted exactly what was refused here: it may be published. */
  readonly acceptedBy?: number;
  /** The verdict's file below the lake's root. */
  readonly file: string;
  /** What failed, in a sentence for people, and where to look; empty where it may be published. */
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
  deps.observe({ kind: 'audit', dataset: task.dataset, checks: verdict.checks });
  const hasPassed = verdict.outcome === 'passed';
  const accepted = hasPassed ? { kind: 'none' as const } : await acceptedByPerson(deps, task, verdict);
  const attempt = currentAttempt(deps.lake.id);
  const file = auditFile(task, attempt.id);
  const isRefused = !hasPassed && accepted.kind !== 'covered';
  const keptAt = isRefused ? refusedFile(task, attempt.id) : undefined;
  await deps.store.put(
    file,
    checkedJsonBytes({
      ...auditFacts(deps, context, task, attempt.workflowRunId),
      candidateSha256: task.candidate.sha256,
      verdict,
      ...(keptAt ? { keptAt } : {}),
      ...acceptedBy(accepted),
    }),
  );
  if (keptAt) await deps.store.keep(task.candidate.file, keptAt);
  return {
    outcome: verdict.outcome,
    ruleCount: verdict.ruleCount,
    contractVersion: contract.version,
    contractSha256: contract.sha256,
    rules: refusingRules(verdict),
    ...(accepted.kind === 'covered' ? { acceptedBy: accepted.acceptance.number } : {}),
    file,
    refusal: keptAt
      ? [refusalOf(verdict), ...notCovered(accepted), placesOf(deps, task, file, keptAt)].join('. ')
      : '',
  };
}

/** The verdict stays what it is; beside it stands by whose word it was set aside. */
function acceptedBy(accepted: Accepted): { acceptedBy?: { number: number; reason: string } } {
  if (accepted.kind !== 'covered') return {};
  const { number, reason } = accepted.acceptance;
  return { acceptedBy: { number, reason } };
}

function notCovered(accepted: Accepted): string[] {
  return accepted.kind === 'not-covered' ? [accepted.sentence] : [];
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
  const failed = refusingChecks(verdict);
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
