import { continueAsNew } from '@temporalio/workflow';
import type { RunResult } from './pure/run.ts';
import { executeRun } from './run.ts';
import type { RunInput } from './run-state.ts';

/** Judges what lies in staging again, where another contract judged it before. */
export async function reaudit(input: RunInput): Promise<RunResult> {
  const end = await executeRun(input);
  return 'next' in end ? continueAsNew<typeof reaudit>(end.next) : end;
}
