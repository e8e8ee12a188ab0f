import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { AlertError } from '../alerts/alert-error.ts';
import { CalendarError } from '../calendars/calendar-error.ts';
import { ContractError } from '../contracts/contract-error.ts';
import { LakeError, type LakeErrorCode } from '../lake/lake-error.ts';
import { PlanError } from '../plan/plan-error.ts';
import { ReportError } from '../report/report-error.ts';
import { SourceError } from '../sources/source-error.ts';
import { WarehouseError } from '../warehouse/warehouse-error.ts';
import { NoDataError } from './no-data-error.ts';

const longestRetryAfterMs = 15 * 60_000;
const lakeTrouble: ReadonlySet<LakeErrorCode> = new Set(['LakeUnwritable', 'LakeBusy']);

/**
 * The edge between the domain and Temporal: turns one error into a failure with the domain's code as its
 * type. Trouble is retried by policy, a mistake is not; what is not ours passes as it is.
 */
export function asActivityFailure(error: unknown): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (Context.current().cancellationSignal.aborted) return new CancelledFailure('The step was cancelled');
  if (error instanceof SourceError) {
    const { retryAfterMs } = error.facts;
    return failure(error, error.code, error.isRetryable, retryAfterMs);
  }
  if (error instanceof LakeError) return failure(error, error.code, lakeTrouble.has(error.code));
  if (error instanceof WarehouseError) return failure(error, error.code, error.isRetryable);
  if (error instanceof AlertError) {
    const { retryAfterMs } = error.facts;
    return failure(error, error.code, error.isRetryable, retryAfterMs);
  }
  if (error instanceof ReportError) return failure(error, error.code, true);
  if (
    error instanceof ContractError ||
    error instanceof PlanError ||
    error instanceof CalendarError ||
    error instanceof NoDataError
  ) {
    return failure(error, error.code, false);
  }
  return error;
}

/** Wraps an activity so that whatever it throws crosses the edge once. */
export function translating<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw asActivityFailure(error);
    }
  };
}

function failure(
  error: Error,
  type: string,
  isRetryable: boolean,
  retryAfterMs?: number,
): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type,
    nonRetryable: !isRetryable,
    cause: error,
    // A delay of 0 would tell the server not to try again at all.
    ...(retryAfterMs ? delayed(Math.min(retryAfterMs, longestRetryAfterMs)) : {}),
  });
}

/** Temporal keeps the delay to itself, so a workflow that tries again by itself reads it in the details. */
function delayed(retryAfterMs: number): { nextRetryDelay: number; details: [{ retryAfterMs: number }] } {
  return { nextRetryDelay: retryAfterMs, details: [{ retryAfterMs }] };
}
