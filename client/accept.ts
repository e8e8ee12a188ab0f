import { Command } from 'commander';
import { acceptCell, type AcceptFlags } from './accept/accept-cell.ts';
import { showRefusal } from './accept/refusal-lines.ts';
import { refusedCell } from './accept/refused-cell.ts';
import { untilOf } from './accept/until.ts';
import { withdrawAcceptance } from './accept/withdraw.ts';
import { namedCell } from './cell/named-cell.ts';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';

const program = new Command('accept')
  .description(
    'Let a refused cell be published as it is, for a reason; without a reason, show what refused it. It holds for just this content and this contract.',
  )
  .argument('<date>', 'the day, YYYY-MM-DD')
  .argument('<ticker>', 'such as AAPL')
  .option('--dataset <dataset>', 'source.resource (default: the one from which the ticker is taken)')
  .option('--reason <text>', 'why; kept in the records and shown with the price')
  .option('--until <date>', 'the last day on which it holds, in UTC; the daily run then asks again')
  .option('--for-good', 'it holds as long as content and contract stay as they are')
  .option('--withdraw', 'take it back, for a reason')
  .option('--no-wait', 'start it and leave it to itself');

await runCommand<AcceptFlags>(program, async (output, flags, [date = '', ticker = '']) => {
  const now = new Date();
  const open = await openLake();
  const { cell } = await namedCell({ ...flags, date, ticker }, open, now);
  if (flags.withdraw) return withdrawAcceptance(open, cell, flags, output, now);
  const refused = await refusedCell(open, cell);
  if (flags.reason === undefined) {
    if (flags.until !== undefined || flags.forGood) throw new WrongUse('Why? Add --reason "…".');
    showRefusal(output, open, refused, true);
    return exitCode.cellsMissing;
  }
  const livesUntil = untilOf(flags, now);
  return acceptCell(open, refused, { ...flags, reason: flags.reason, livesUntil }, output, now);
});
