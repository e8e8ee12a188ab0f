import { continueAsNew } from '@temporalio/workflow';
import type { RunResult } from './pure/run.ts';
import { executeRun } from './run.ts';
import type { RunInput } from './run-state.ts';

/** Brings a range of days of every asset into the lake, of any length. */
export async function backfill(input: RunInput): Promise<RunResult> {
  const end = await executeRun(input);
  return 'next' in end ? continueAsNew<typeof backfill>(end.next) : end;
}
