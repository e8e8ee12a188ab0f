import { Command } from 'commander';
import { join } from 'node:path';
import { runCommand } from './command/command.ts';
import { openLake } from './command/lake-client.ts';
import { reauditCells, type ReauditFlags } from './reaudit/reaudit-cells.ts';
import { loadContracts } from '../contracts/load.ts';
import { projectFolder } from '../settings.ts';

const program = new Command('reaudit')
  .description(
    'Judge by the contracts as they are now what was judged under others, from staged batches: nothing is fetched.',
  )
  .option('--dataset <dataset>', 'only this one, source.resource (default: every dataset)')
  .option('--tickers <list>', 'only these, such as BTC,AAPL')
  .option('--from <date>', 'first day, YYYY-MM-DD, inclusive (default: the first there is)')
  .option('--to <date>', 'last day, inclusive (default: today)')
  .option('--no-wait', 'start it and leave it to itself');

await runCommand<ReauditFlags>(program, async (output, flags) => {
  const contracts = loadContracts(join(projectFolder, 'contracts'));
  return reauditCells(await openLake(), contracts, flags, output, new Date());
});
