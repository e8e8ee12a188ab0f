import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { connectLake, openLake } from './command/lake-client.ts';
import { dryRun } from './plan/dry-run.ts';
import { quotaStanding } from './plan/quota-standing.ts';
import { showPlan } from './plan/show-plan.ts';
import { withRangeFlags } from './run/range-flags.ts';
import { orLeft } from './run/or-left.ts';
import { launchRun, performRun } from './run/perform-run.ts';
import { backfillRequest, type BackfillFlags } from './run/run-request.ts';

const program = withRangeFlags(new Command('backfill'))
  .description('Bring a range of days into the lake; what is published already is passed over.')
  .option('--dry-run', 'say what it would do and take, and do nothing')
  .option('--no-wait', 'start the run and leave it to itself');

await runCommand<BackfillFlags & { dryRun?: boolean; wait: boolean }>(program, async (output, flags) => {
  const now = new Date();
  const open = await openLake();
  const named = await backfillRequest(flags, open, now);
  if (flags.dryRun === true) {
    const found = await dryRun(open, named.request, now);
    const quota = await quotaStanding(open, Object.keys(found.summary.requests));
    showPlan(output, open, named, found, quota);
    return exitCode.good;
  }
  const lake = await connectLake(open);
  if (!flags.wait) return launchRun(lake, named, output);
  return orLeft(named.run, performRun(lake, named, output, now), output);
});
