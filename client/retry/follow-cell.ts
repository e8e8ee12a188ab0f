import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { nameOfCell } from '../cell/named-cell.ts';
import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import type { RunEnd } from '../run/follow-run.ts';
import { knownCell } from '../../plan/memory.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

const lookEveryMs = 2_000;

/** A cell under way. */
export interface CellUnderWay {
  readonly handle: WorkflowHandle;
  readonly ended: Promise<RunEnd>;
}

/** Follows a cell to its end and says in a sentence how it came out. */
export async function followCell(
  lake: ConnectedLake,
  cell: CellKey,
  { handle, ended }: CellUnderWay,
  output: Output,
): Promise<ExitCode> {
  const end = await untilEnd(handle, ended, output);
  const known = await knownCell(lake.index, cell);
  const state = end.outcome === 'cancelled' ? 'missing' : (known?.state ?? 'missing');
  output.json({ ...cell, state, ...end });
  const name = nameOfCell(cell);
  if (end.outcome === 'completed') {
    output.say(`${name} is ${state}.`);
    return exitCode.good;
  }
  if (end.outcome === 'cancelled') {
    output.say(`${name} was cancelled before it got there; it stands as it did before.`);
    return exitCode.cellsMissing;
  }
  if (state === 'refused' || state === 'failed') {
    output.say(`${name} is ${state}.`);
    output.say(known?.reason ?? end.reason ?? '');
    return exitCode.cellsMissing;
  }
  // The cell itself got there, or was ended from outside: what failed is ours.
  output.say(`${name} is ${state}, and its workflow failed: ${end.reason ?? ''}`);
  return exitCode.weFailed;
}

/** Trouble is retried for up to half an hour, so what is being retried, and why, is said meanwhile. */
async function untilEnd(handle: WorkflowHandle, ended: Promise<RunEnd>, output: Output): Promise<RunEnd> {
  let said = '';
  for (;;) {
    const end = await Promise.race([ended, pause(lookEveryMs)]);
    if (end) return end;
    const line = await stepInTrouble(handle);
    if (line !== '' && line !== said) output.progress(line);
    said = line;
  }
}

async function stepInTrouble(handle: WorkflowHandle): Promise<string> {
  const { pendingActivities = [] } = (await handle.describe()).raw;
  const step = pendingActivities?.find(({ attempt, lastFailure }) => (attempt ?? 0) > 1 && lastFailure);
  if (!step) return '';
  return `${step.activityType?.name ?? 'a step'} is tried for the ${ordinal(step.attempt ?? 0)} time: ${step.lastFailure?.message ?? ''}`;
}

function ordinal(count: number): string {
  const last = count % 10;
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  return `${count}${isTeen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'}`;
}
