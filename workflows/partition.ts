import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import type { Audited } from '../activities/audit.ts';
import type { Activities } from '../activities/index.ts';
import type { CellNote } from '../activities/record.ts';
import { fetchBatch } from './fetch-batch.ts';
import { diskPolicy } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import { cellDetails, cellRemedies } from './pure/markdown.ts';
import type { BatchRef, JudgedAgainCause, Look, RunContext } from './pure/run.ts';
import { quotaWaitSentence, type QuotaWait } from './pure/quota/wait.ts';
import { showState } from './search-attributes.ts';
import { endAlone } from './tell-alerts.ts';
import { whyUnrecorded } from './why-unrecorded.ts';
import { isWithoutRun } from './without-run.ts';

/** One cell to be brought into bronze. */
export interface PartitionInput extends CellKey {
  readonly context: RunContext;
  /** What a window staged for it; a cell that runs alone fetches its own day. */
  readonly staged?: StagedCell;
  /** Set where `staged` was judged before and is judged again: nothing is fetched, whatever comes out. */
  readonly cause?: JudgedAgainCause;
  /** Set where it is published and looked at again: whatever comes out, what was published stays or is replaced. */
  readonly look?: Look;
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
  candidate?: { readonly file: string; readonly contentSha256?: string };
  verdict?: Omit<Audited, 'outcome' | 'ruleCount' | 'refusal'>;
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
    if (isCancellation(error)) throw abandon(input, error);
    const failure = await giveUp(input, progress, error);
    // What was published stays where it is, and must be seen to be refused now.
    if (isAlone(input)) await endAlone(input.context, input.cause !== undefined);
    throw failure;
  }
  showState(input, input.context, result.state);
  if (isAlone(input)) await endAlone(input.context);
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
  const cause = input.cause ? { cause: input.cause } : {};
  const written = await writeTmp({ ...cell, symbol, batch, run: context.run, ...cause });
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
  progress.candidate = candidate;
  try {
    const verdict = await audit(context, { ...cell, batch, candidate });
    const { contractVersion, file, acceptedBy } = verdict;
    progress.verdict = verdict;
    if (verdict.outcome !== 'passed' && acceptedBy === undefined) throw refusal(input, verdict.refusal);
    const accepted = acceptedBy === undefined ? {} : { acceptedBy };
    const look = lookFacts(input);
    const task = {
      ...{ ...cell, symbol, batch, candidate, contractVersion, audit: file },
      ...{ ...cause, ...look, ...accepted },
    };
    await CancellationScope.nonCancellable(() => publish(context, task));
    return 'published';
  } catch (error) {
    if (rewriteCodes.includes(troubleOf(error).code)) return 'again';
    throw error;
  }
}

/** Waits until the cell's day is final, if need be, and fetches that day alone; a snapshot's member has its batch. */
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
  if (plan.kind === 'staged') return { symbol: plan.symbol, batch: plan.batch };
  if (plan.kind === 'closed') {
    if (!plan.isKnown) await recordCell(context, { ...cell, event: 'closed', reason: plan.reason });
    return 'closed';
  }
  const ask = { kind: 'range' as const, symbol: plan.symbol, from: date, to: date };
  const batch = await fetchBatch(context, dataset, ask, `${ticker} ${date}`, {
    tellWait: (wait) => showWait(input, wait),
  });
  return { symbol: plan.symbol, batch };
}

/** A cell that waits for a quota until tomorrow says so itself: no run waits for it. */
async function showWait(input: PartitionInput, wait: QuotaWait | null): Promise<void> {
  const { context, dataset, ticker, date } = input;
  const cell = { dataset, ticker, date };
  showState(input, context, wait === null ? 'running' : 'waiting');
  if (wait === null) return;
  const reason = `it ${quotaWaitSentence(wait)}`;
  setCurrentDetails(cellDetails(cell, 'waiting', `${reason}, and then goes on by itself.`, []));
  await disk(context).recordCell(context, { ...cell, event: 'waiting', until: wait.until, reason });
}

function refusal({ ticker, date, look }: PartitionInput, found: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The audit refused ${ticker} ${date}: ${found}. ${look === undefined ? '' : 'What was published before stays. '}When the source is right again, retry it: npx tsx client/retry.ts ${date} ${ticker}. If it is right as it is, see npx tsx client/accept.ts ${date} ${ticker}`,
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
    ...progress.staged,
    ...judgement(progress),
    ...(input.cause ? { cause: input.cause } : {}),
    ...lookFacts(input),
    ...(progress.candidate ? { discard: progress.candidate.file } : {}),
  });
  const message = trouble.reason + (await whyUnrecorded(recording));
  showState(input, context, state);
  setCurrentDetails(cellDetails(input, state, message, cellRemedies(input)));
  return ApplicationFailure.create({ message, type: trouble.code, nonRetryable: true });
}

function lookFacts({ look }: PartitionInput): Pick<PartitionInput, 'look'> {
  return look === undefined ? {} : { look };
}

/** What was judged and by what: enough for a person to accept it, and to tell later whether it is still the same. */
function judgement({ verdict, candidate }: Progress): Partial<CellNote> {
  if (!verdict) return {};
  const { file, contractVersion, contractSha256, rules } = verdict;
  const content = candidate?.contentSha256 === undefined ? {} : { contentSha256: candidate.contentSha256 };
  return { audit: file, contractVersion, contractSha256, rules, ...content };
}

/** A cancelled cell is as if it had never been begun; what it left lying is removed at the next start. */
function abandon(input: PartitionInput, error: unknown): unknown {
  showState(input, input.context, 'missing');
  return error;
}

/** True where no open run will rebuild the model after this cell. */
function isAlone(input: PartitionInput): boolean {
  return input.staged === undefined || isWithoutRun();
}

function disk(
  context: RunContext,
): Pick<Activities, 'writeTmp' | 'audit' | 'publish' | 'recordCell' | 'planCell'> {
  return proxyActivities<Activities>(diskPolicy(context.options.patienceSeconds));
}
