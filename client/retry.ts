import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { WrongUse } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';
import { retryCell, type RetryCellFlags } from './retry/retry-cell.ts';
import { retryMany } from './retry/retry-many.ts';

const program = new Command('retry')
  .description('Take a cell up again, or every refused or failed cell of a run or of the lake.')
  .argument('[date]', 'one cell: its day, YYYY-MM-DD')
  .argument('[ticker]', 'one cell: such as AAPL')
  .option(
    '--dataset <dataset>',
    'one cell: source.resource (default: the one from which the ticker is taken)',
  )
  .option('--force', 'one cell: fetch it again though it is published or closed')
  .option('--run <run>', 'every refused or failed cell of a run, such as daily/2026-11-19')
  .option('--all', 'every refused or failed cell of the lake')
  .option('--no-wait', 'start it and leave it to itself');

interface Flags extends RetryCellFlags {
  readonly run?: string;
  readonly all?: boolean;
}

await runCommand<Flags>(program, async (output, flags, [date, ticker]) => {
  const forms = [date !== undefined, flags.run !== undefined, flags.all === true].filter(Boolean).length;
  if (forms !== 1) throw new WrongUse('Say what to retry, one of: DATE TICKER, --run RUN, or --all.');
  if (date === undefined && (flags.dataset !== undefined || flags.force === true)) {
    throw new WrongUse('--dataset and --force go with DATE TICKER only.');
  }
  const now = new Date();
  const open = await openLake();
  if (date === undefined) return retryMany(open, flags, output, now);
  if (ticker === undefined)
    throw new WrongUse(`Which ticker of ${date}? Write: npx tsx client/retry.ts ${date} TICKER`);
  return retryCell(open, { date, ticker, ...flags }, output, now);
});
