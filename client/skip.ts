import { Command } from 'commander';
import { nameOfCell, namedCell } from './cell/named-cell.ts';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';
import { tellOfSkip } from './steer/tell-of-skip.ts';
import { appendCellRecord } from '../lake/records.ts';
import { knownCell } from '../plan/memory.ts';

const program = new Command('skip')
  .description('Give a cell up, for a reason: the plans pass over it until it is retried by name.')
  .argument('<date>', 'the day, YYYY-MM-DD')
  .argument('<ticker>', 'such as AAPL')
  .option('--dataset <dataset>', 'source.resource (default: the one from which the ticker is taken)')
  .requiredOption('--reason <text>', 'why; kept in the records');

await runCommand<{ dataset?: string; reason: string }>(
  program,
  async (output, flags, [date = '', ticker = '']) => {
    const now = new Date();
    const reason = flags.reason.trim();
    if (reason === '') throw new WrongUse('--reason is empty: say in a few words why the cell is given up.');
    const open = await openLake();
    const { cell, asset } = await namedCell({ ...flags, date, ticker }, open, now);
    const known = await knownCell(open.index, cell);
    if (known?.state === 'published') {
      throw new WrongUse(
        `${nameOfCell(cell)} is published: there is nothing to give up, and its data stays.`,
      );
    }
    const isClosed = known?.state === 'closed' || !asset.calendar.day(cell.date).isOpen;
    const isKnown = known?.state === 'skipped' && known.reason === reason;
    if (!isClosed && !isKnown) {
      const run = `skip/${cell.date}/${cell.ticker}`;
      await appendCellRecord(open.store, cell, {
        event: 'skipped',
        recordedAt: now.toISOString(),
        run,
        reason,
      });
    }
    const runs = isClosed ? [] : await tellOfSkip(open, cell, reason);
    if (isClosed)
      output.say(`${nameOfCell(cell)} is a closed day: no plan ever asks for it, so nothing was recorded.`);
    else {
      output.say(`${nameOfCell(cell)} is ${isKnown ? 'already ' : ''}skipped: ${reason}`);
      for (const run of runs) output.say(`${run} is open and was told.`);
      output.say(`Take it up again with: npx tsx client/retry.ts ${cell.date} ${cell.ticker}`);
    }
    output.json({
      ...cell,
      state: isClosed ? 'closed' : 'skipped',
      ...(isClosed ? {} : { reason }),
      isChanged: !isClosed && !isKnown,
      ...(runs.length > 0 ? { runs } : {}),
    });
    return exitCode.good;
  },
);
