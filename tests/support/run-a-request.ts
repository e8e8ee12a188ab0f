import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { startRun, type RunHandle } from '../../client/run/start-run.ts';
import { backfillId, dailyId, reauditId } from '../../workflows/pure/ids.ts';
import type { RunRequest, Tally } from '../../workflows/pure/run.ts';

/** How a run of a test ended. */
export interface TestRunEnd {
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  readonly type: string;
  readonly message: string;
  readonly tally: Tally | undefined;
}

type Range = Extract<RunRequest, { kind: 'backfill' }>['range'];

/** A backfill's request; what is left out is as on the command line. */
export function backfillOf(
  range: Range,
  more: { tickers?: readonly string[]; force?: boolean; grain?: 'cell' | 'month' } = {},
): RunRequest {
  const { tickers = null, force = false, grain } = more;
  return { kind: 'backfill', range, tickers, force, clip: false, ...(grain ? { grain } : {}) };
}

/** Starts a request under the id that tells it apart from the others of its test. */
export async function startRequest(
  lake: ConnectedLake,
  request: RunRequest,
  label = 'test',
): Promise<RunHandle> {
  return startRun(lake, idOf(request, label), request);
}

/** Starts a request and waits for its end, good or bad. */
export async function runRequest(
  lake: ConnectedLake,
  request: RunRequest,
  label?: string,
): Promise<TestRunEnd> {
  return endOfRun(await startRequest(lake, request, label));
}

/** Waits for a run's end and says how it ended. */
export async function endOfRun(handle: { result(): Promise<unknown> }): Promise<TestRunEnd> {
  try {
    const result = (await handle.result()) as { tally?: Tally } | undefined;
    return { outcome: 'completed', type: '', message: '', tally: result?.tally };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) {
      return {
        outcome: 'cancelled',
        type: cause?.name ?? '',
        message: cause?.message ?? '',
        tally: undefined,
      };
    }
    // The run's own failure carries its tally as its one detail.
    const tally = cause.details?.[0] as Tally | undefined;
    return { outcome: 'failed', type: cause.type ?? '', message: cause.message, tally };
  }
}

function idOf(request: RunRequest, label: string): string {
  if (request.kind === 'daily') return dailyId(request.date);
  if (request.kind === 'retry') return `retry/${request.of}`;
  if (request.kind === 'reaudit') return reauditId(label, 'test');
  const { range } = request;
  const [from, to] = 'from' in range ? [range.from, range.to] : [`${range.days}-days`, 'now'];
  return backfillId(
    from,
    to,
    `${label}-${(request.tickers ?? ['all']).join('-')}${request.force ? '-force' : ''}`,
  );
}
