import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { WrongUse } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';
import { showContractPlan } from './contract-plan/show-contract-plan.ts';
import type { JudgedFlags } from './reaudit/judged-filter.ts';

const program = new Command('plan')
  .description('Show what would be done; nothing is.')
  .option(
    '--contract [dataset-or-file]',
    'which cells a changed contract would refuse (default: every contract in contracts/)',
  )
  .option('--tickers <list>', 'only these, such as BTC,AAPL')
  .option('--from <date>', 'first day, YYYY-MM-DD, inclusive')
  .option('--to <date>', 'last day, inclusive');

await runCommand<JudgedFlags & { contract?: string | true }>(program, async (output, flags) => {
  const { contract } = flags;
  if (contract === undefined) throw new WrongUse('Say what to plan: --contract.');
  return showContractPlan(await openLake(), { ...flags, contract }, output, new Date());
});
