import type { WorkflowHandle } from '@temporalio/client';
import { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { connectLake, openLake, type ConnectedLake } from './command/lake-client.ts';
import { endOf, firstAnswer } from './run/follow-run.ts';
import { openRuns } from './run/open-runs.ts';
import { inLake, withoutLake } from '../workflows/pure/ids.ts';

/** A run waits for its cells to come to rest; longer than this is said and not waited for. */
const endWithinMs = 30_000;

const program = new Command('cancel')
  .description('Cancel a run, its windows and its cells; what is published stays, nothing is left half done.')
  .argument('<run>', 'a workflow id without the lake’s, such as daily/2026-11-19');

await runCommand(program, async (output, _flags, [word = '']) => {
  const lake = await connectLake(await openLake());
  const run = withoutLake(lake.lake.id, word);
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, run));
  const status = await statusOf(lake, handle, run);
  if (status !== 'RUNNING') {
    output.say(`${run} is not open: it has ended already (${status.toLowerCase()}).`);
    output.json({ run, outcome: status.toLowerCase(), isCancelled: false });
    return exitCode.good;
  }
  await handle.cancel();
  const ended = endOf(handle);
  await firstAnswer(lake, handle, ended);
  output.say(`Cancelling ${run}; its cells come to rest first.`);
  const end = await Promise.race([ended, pause(endWithinMs)]);
  if (!end)
    output.say(
      `${run} is still ending after ${endWithinMs / 1000} seconds. It goes on to its end by itself; see it in the Web UI.`,
    );
  else if (end.outcome === 'cancelled')
    output.say(
      `${run} is cancelled. What it published stays; the command that started it takes up the rest.`,
    );
  else output.say(`${run} came to its own end first (${end.outcome}).`);
  output.json({ run, outcome: end?.outcome ?? 'ending', isCancelled: end?.outcome === 'cancelled' });
  return exitCode.good;
});

async function statusOf(lake: ConnectedLake, handle: WorkflowHandle, run: string): Promise<string> {
  try {
    return (await handle.describe()).status.name;
  } catch (error) {
    const { WorkflowNotFoundError } = await import('@temporalio/client');
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const open = (await openRuns(lake)).map(({ id }) => id);
    const known = open.length === 0 ? 'No run is open.' : `Open: ${open.join(', ')}.`;
    throw new WrongUse(`There is no run "${run}" in this lake. ${known}`);
  }
}
