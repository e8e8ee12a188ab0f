import { once } from 'node:events';
import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { Output } from '../command/output.ts';

/** Follows a run until it ends or Ctrl-C is pressed: that ends the command and never the run. */
export async function orLeft(run: string, following: Promise<ExitCode>, output: Output): Promise<ExitCode> {
  const first = await Promise.race([following, interrupted()]);
  if (first !== 'interrupted') return first;
  output.say(`${run} goes on without this command. The same command follows it again.`);
  output.say(`Hold it with: npx tsx client/steer.ts pause ${run}`);
  output.say(`End it with: npx tsx client/cancel.ts ${run}`);
  output.json({ run, outcome: 'running' });
  return exitCode.interrupted;
}

async function interrupted(): Promise<'interrupted'> {
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  return 'interrupted';
}
