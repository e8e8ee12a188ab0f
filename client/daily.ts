import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { connectLake, openLake } from './command/lake-client.ts';
import { orLeft } from './run/or-left.ts';
import { launchRun, performRun } from './run/perform-run.ts';
import { dailyRequest } from './run/run-request.ts';

const program = new Command('daily')
  .description('Bring one day into the lake, and what failed or is missing in the week that ends with it.')
  .option(
    '--date <date>',
    'the day, YYYY-MM-DD; what is not final yet waits (default: the last day that is final)',
  )
  .option('--no-wait', 'start the run and leave it to itself');

await runCommand<{ date?: string; wait: boolean }>(program, async (output, flags) => {
  const now = new Date();
  const open = await openLake();
  const named = await dailyRequest(flags.date, open, now);
  const lake = await connectLake(open);
  if (!flags.wait) return launchRun(lake, named, output);
  return orLeft(named.run, performRun(lake, named, output, now), output);
});
