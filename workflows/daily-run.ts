import { continueAsNew } from '@temporalio/workflow';
import type { RunResult } from './pure/run.ts';
import { executeRun } from './run.ts';
import type { RunInput } from './run-state.ts';

/** Brings one day into the lake, and what failed or is missing in the week that ends with it. */
export async function dailyRun(input: RunInput): Promise<RunResult> {
  const end = await executeRun(input);
  return 'next' in end ? continueAsNew<typeof dailyRun>(end.next) : end;
}
