import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';
import { showContractPlan } from './contract-plan/show-contract-plan.ts';
import { dryRun } from './plan/dry-run.ts';
import { quotaStanding } from './plan/quota-standing.ts';
import { showPlan } from './plan/show-plan.ts';
import { withRangeFlags } from './run/range-flags.ts';
import { backfillRequest, type BackfillFlags } from './run/run-request.ts';

const program = withRangeFlags(new Command('plan'))
  .description(
    'Say what a backfill would do and take: cells, requests, time, Temporal actions, disk. Needs no server, and does nothing.',
  )
  .option(
    '--contract [dataset-or-file]',
    'instead: which cells a changed contract would refuse (default: every contract in contracts/)',
  );

await runCommand<BackfillFlags & { contract?: string | true }>(program, async (output, flags) => {
  const now = new Date();
  const open = await openLake();
  const { contract } = flags;
  if (contract !== undefined) return showContractPlan(open, { ...flags, contract }, output, now);
  const named = await backfillRequest(flags, open, now);
  const found = await dryRun(open, named.request, now);
  const quota = await quotaStanding(open, Object.keys(found.summary.requests));
  showPlan(output, open, named, found, quota);
  return exitCode.good;
});
