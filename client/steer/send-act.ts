import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { WrongUse } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import { firstAnswer } from '../run/follow-run.ts';
import { troubleOf } from '../../workflows/pure/failure.ts';
import { inLake } from '../../workflows/pure/ids.ts';
import type { SteerKind } from '../../workflows/pure/steering.ts';
import type { SteerAnswer } from '../../workflows/steering.ts';

/** An act that a run could not carry out; `code` is that of the step that failed. */
export class ActFailed extends Error {
  override readonly name = 'ActFailed';

  constructor(
    readonly code: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

const mistakes: readonly string[] = ['SteerRefused', 'PlanRefused'];

/**
 * Has a run take an act, and gives its answer.
 * @throws WrongUse where the run refuses it or is over, NobodyAnswers where no worker does.
 */
export async function sendAct(
  lake: ConnectedLake,
  run: string,
  kind: SteerKind,
  value: unknown,
): Promise<SteerAnswer> {
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, run));
  await firstAnswer(lake, handle, new Promise(() => undefined));
  try {
    return await handle.executeUpdate<SteerAnswer, [unknown]>(kind, { args: [value] });
  } catch (error) {
    throw asOurs(run, error);
  }
}

/** Leaves an act with a run that need not be awake. */
export async function leaveAct(
  lake: ConnectedLake,
  run: string,
  kind: SteerKind,
  value: unknown,
): Promise<void> {
  try {
    await lake.client.workflow.getHandle(inLake(lake.lake.id, run)).signal<[unknown]>(kind, value);
  } catch (error) {
    throw asOurs(run, error);
  }
}

function asOurs(run: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new WrongUse(`${run} is not open any more: nothing was changed. Start it again.`);
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const { code, reason } = troubleOf(error.cause);
  return mistakes.includes(code) ? new WrongUse(reason) : new ActFailed(code, reason, error);
}
