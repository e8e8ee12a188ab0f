import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { fetchBatch } from './fetch-batch.ts';
import { diskPolicy } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import { cellDetails, cellRemedies } from './pure/markdown.ts';
import type { BatchRef, RunContext } from './pure/run.ts';
import { rebuildModel } from './rebuild-model.ts';
import { showState } from './search-attributes.ts';
import { whyUnrecorded } from './why-unrecorded.ts';

/** One cell to be brought into bronze. */
export interface PartitionInput extends CellKey {
  readonly context: RunContext;
  /** What a window staged for it; a cell that runs alone fetches its own day. */
  readonly staged?: StagedCell;
}

/** The batch that holds a cell, and the source's name of its asset. */
export interface StagedCell {
  readonly symbol: string;
  readonly batch: BatchRef;
}

/** How a cell ended well. */
export interface PartitionResult {
  readonly state: 'published' | 'closed';
}

/** What a cell has got so far, for whoever must say why it got no further. */
interface Progress {
  staged?: StagedCell;
  candidate?: string;
  verdict?: { readonly file: string; readonly contractVersion: string };
}

const mostWrites = 5;
const rewriteCodes = ['CandidateGone', 'LostRace', 'CandidateUnreadable'];

/**
 * Brings one cell into bronze: write, audit, publish. A cell that runs alone (started or reset by hand, or
 * waiting for its day) fetches its own day first, and ends with the model, since no run does it for it.
 */
export async function partition(input: PartitionInput): Promise<PartitionResult> {
  const progress: Progress = {};
  showState(input, input.context, 'running');
  let result: PartitionResult;
  try {
    result = await bringIntoBronze(input, progress);
  } catch (error) {
    throw isCancellation(error) ? abandon(input, error) : await giveUp(input, progress, error);
  }
  showState(input, input.context, result.state);
  if (isAlone(input)) await rebuildModel(input.context);
  return result;
}

async function bringIntoBronze(input: PartitionInput, progress: Progress): Promise<PartitionResult> {
  const staged = input.staged ?? (await fetchOwnDay(input));
  if (staged === 'closed') return { state: 'closed' };
  progress.staged = staged;
  for (let writes = 0; writes < mostWrites; writes += 1) {
    const outcome = await writeAuditPublish(input, progress, progress.staged);
    if (outcome === 'published' || outcome === 'closed') return { state: outcome };
    if (outcome === 'batch-refused') {
      const fresh = await fetchOwnDay(input);
      if (fresh === 'closed') return { state: 'closed' };
      progress.staged = fresh;
    }
  }
  throw ApplicationFailure.nonRetryable(
    `${input.ticker} ${input.date} was written ${mostWrites} times and never found its place. Look for another writer in this lake, then retry the cell.`,
    'LostRace',
  );
}

async function writeAuditPublish(
  input: PartitionInput,
  progress: Progress,
  { symbol, batch }: StagedCell,
): Promise<'published' | 'closed' | 'batch-refused' | 'again'> {
  const { context, dataset, ticker, date } = input;
  const { writeTmp, audit, publish, recordCell } = disk(context);
  const cell = { dataset, ticker, date };
  const written = await writeTmp({ ...cell, symbol, batch, run: context.run });
  if (written.outcome === 'batch-refused') return 'batch-refused';
  if (written.outcome === 'closed') {
    await recordCell(context, {
      ...cell,
      event: 'closed',
      batch,
      reason: 'the source has no session that day',
    });
    return 'closed';
  }
  const { candidate } = written;
  progress.candidate = candidate.file;
  try {
    const verdict = await audit(context, { ...cell, batch, candidate });
    const { contractVersion, file } = verdict;
    progress.verdict = { file, contractVersion };
    if (verdict.outcome !== 'passed') throw refusal(input, verdict.refusal);
    const task = { ...cell, symbol, batch, candidate, contractVersion, audit: file };
    await CancellationScope.nonCancellable(() => publish(context, task));
    return 'published';
  } catch (error) {
    if (rewriteCodes.includes(troubleOf(error).code)) return 'again';
    throw error;
  }
}

/** Waits until the cell's day is final, if need be, and fetches that day alone. */
async function fetchOwnDay(input: PartitionInput): Promise<StagedCell | 'closed'> {
  const { context, dataset, ticker, date } = input;
  const { planCell, recordCell } = disk(context);
  const cell = { dataset, ticker, date };
  let plan = await planCell(cell);
  while (plan.kind === 'open' && plan.waitMs > 0) {
    await recordCell(context, {
      ...cell,
      event: 'waiting',
      until: plan.finalAt,
      reason: `final from ${plan.finalAt}`,
    });
    showState(input, context, 'waiting');
    setCurrentDetails(
      cellDetails(cell, 'waiting', `Its day is final from ${plan.finalAt}; it goes on by itself.`, []),
    );
    await sleep(plan.waitMs);
    showState(input, context, 'running');
    plan = await planCell(cell);
  }
  if (plan.kind === 'closed') {
    if (!plan.isKnown) await recordCell(context, { ...cell, event: 'closed', reason: plan.reason });
    return 'closed';
  }
  const ask = { kind: 'range' as const, symbol: plan.symbol, from: date, to: date };
  const batch = await fetchBatch(context, dataset, ask, `${ticker} ${date}`);
  return { symbol: plan.symbol, batch };
}

function refusal({ ticker, date }: CellKey, found: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The audit refused ${ticker} ${date}: ${found}. When the source is right again, retry it: npx tsx client/retry.ts ${date} ${ticker}`,
    'AuditRefused',
  );
}

/** Records why a cell got no further and shows it; the failure it answers with is what the Web UI turns red for. */
async function giveUp(
  input: PartitionInput,
  progress: Progress,
  error: unknown,
): Promise<ApplicationFailure> {
  const { context, dataset, ticker, date } = input;
  const trouble = troubleOf(error);
  const state = trouble.code === 'AuditRefused' ? 'refused' : 'failed';
  const { recordCell } = disk(context);
  const recording = recordCell(context, {
    dataset,
    ticker,
    date,
    event: state,
    ...trouble,
    ...(progress.staged ? { batch: progress.staged.batch } : {}),
    ...(progress.verdict
      ? { audit: progress.verdict.file, contractVersion: progress.verdict.contractVersion }
      : {}),
    ...(progress.candidate ? { discard: progress.candidate } : {}),
  });
  const message = trouble.reason + (await whyUnrecorded(recording));
  showState(input, context, state);
  setCurrentDetails(cellDetails(input, state, message, cellRemedies(input)));
  return ApplicationFailure.create({ message, type: trouble.code, nonRetryable: true });
}

/** A cancelled cell is as if it had never been begun; what it left lying is removed at the next start. */
function abandon(input: PartitionInput, error: unknown): unknown {
  showState(input, input.context, 'missing');
  return error;
}

/** True where no open run will rebuild the model after this cell. */
function isAlone(input: PartitionInput): boolean {
  const { parent, runId, firstExecutionRunId } = workflowInfo();
  return input.staged === undefined || parent === undefined || runId !== firstExecutionRunId;
}

function disk(
  context: RunContext,
): Pick<Activities, 'writeTmp' | 'audit' | 'publish' | 'recordCell' | 'planCell'> {
  return proxyActivities<Activities>(diskPolicy(context.options.patienceSeconds));
}
