import { continueAsNew } from '@temporalio/workflow';
import type { RunResult } from './pure/run.ts';
import { executeRun } from './run.ts';
import type { RunInput } from './run-state.ts';

/** Takes up again what was refused or failed, in one run or in all. */
export async function retryFailed(input: RunInput): Promise<RunResult> {
  const end = await executeRun(input);
  return 'next' in end ? continueAsNew<typeof retryFailed>(end.next) : end;
}
