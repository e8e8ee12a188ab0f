import { evaluateMany } from '../contracts/evaluate-many.ts';
import type { Verdict } from '../contracts/verdict.ts';
import { boundedMap } from '../lake/bounded-map.ts';
import { checkedJsonBytes } from '../lake/checked-json.ts';
import { auditFile, monthAuditFile } from '../lake/layout.ts';
import { wholeDayTicker } from '../sources/snapshot.ts';
import { cellOfMany, type ManyKey, type OwnKey } from '../workflows/pure/many.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { auditFacts } from './audit.ts';
import { beatOfParts } from './beat.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';
import type { OwnCandidate } from './write-many.ts';

/** The candidates of a month's or a lot's cells, to be judged. */
export type ManyAuditTask = ManyKey & { readonly candidates: readonly OwnCandidate[] };

/** The verdicts in short. */
export interface ManyAudited {
  /** The cells whose verdict is not that they passed. */
  readonly left: readonly OwnKey[];
  readonly contractVersion: string;
  /** Where the verdicts lie, below the lake's root; empty where no cell passed. */
  readonly file: string;
}

const filesAtOnce = 16;

/**
 * Reads the candidates of a month or a lot back with DuckDB and evaluates their contract, with one query for all and
 * one file for the verdicts of those that passed. A cell that did not is taken out: its own workflow writes it again, judges it
 * again and keeps that verdict.
 */
export async function auditMany(
  deps: ActivityDeps,
  context: RunContext,
  task: ManyAuditTask,
): Promise<ManyAudited> {
  const { dataset } = task;
  const { contract } = datasetParts(deps, dataset);
  const beat = beatOfParts();
  const judged = await judge(deps, task);
  beat();
  for (const { verdict } of judged)
    if (verdict) deps.observe({ kind: 'audit', dataset, checks: verdict.checks });
  const passed = judged.filter(({ verdict }) => verdict?.outcome === 'passed');
  const others = judged.filter(({ verdict }) => verdict?.outcome !== 'passed');
  await boundedMap(others, filesAtOnce, ({ candidate }) => deps.store.remove(candidate.file));
  const file = passed.length === 0 ? '' : await keepVerdicts(deps, context, task, passed);
  return { left: others.map(({ own }) => own), contractVersion: contract.version, file };
}

type Judged = OwnCandidate & { readonly verdict: Verdict | undefined };

/** A candidate that is gone or cannot be read has no verdict. */
async function judge(deps: ActivityDeps, task: ManyAuditTask): Promise<Judged[]> {
  const { contract } = datasetParts(deps, task.dataset);
  const sizes = await boundedMap(task.candidates, filesAtOnce, ({ candidate }) =>
    deps.store.sizeOf(candidate.file),
  );
  const there = task.candidates.filter((_, index) => sizes[index] !== undefined);
  const gone = task.candidates.filter((_, index) => sizes[index] === undefined);
  const subjects = there.map(({ own, candidate }) => ({
    parquetPath: deps.store.pathOf(candidate.file),
    cell: cellOfMany(task, own),
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

/** A line says of which cell it is where the file's name does not. */
async function keepVerdicts(
  deps: ActivityDeps,
  context: RunContext,
  key: ManyKey,
  passed: readonly Judged[],
): Promise<string> {
  const { id, workflowRunId } = currentAttempt(deps.lake.id);
  const file = verdictsFile(key, passed[0]?.own ?? '', id);
  const facts = auditFacts(deps, context, key, workflowRunId);
  const lines = passed.map(({ own, candidate, verdict }) => {
    const whose = 'number' in key ? { ticker: own } : { date: own };
    return checkedJsonBytes({ ...facts, ...whose, candidateSha256: candidate.sha256, verdict });
  });
  await deps.store.put(file, Buffer.concat(lines));
  return file;
}

function verdictsFile(key: ManyKey, firstOwn: OwnKey, attemptId: string): string {
  return 'number' in key
    ? auditFile({ ...key, ticker: wholeDayTicker }, attemptId)
    : monthAuditFile(key, firstOwn.slice(0, 7), attemptId);
}
