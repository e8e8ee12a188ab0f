import { Argument, Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { connectLake, openLake } from './command/lake-client.ts';
import { actWords, type SteerFlags } from './steer/act-words.ts';
import { openRun } from './steer/open-run.ts';
import { leaveAct, sendAct } from './steer/send-act.ts';
import { steerKinds } from '../workflows/pure/steering.ts';

const program = new Command('steer')
  .description('Change a run that is open; every act is recorded in it.')
  .addArgument(new Argument('<act>', 'what to do').choices(steerKinds))
  .argument('[words...]', 'what the act needs, then the run; the run may be left out where one is open')
  .option('--tickers <list>', 'add, drop: such as BTC,AAPL')
  .option('--from <date>', 'add, drop: first day, YYYY-MM-DD, inclusive')
  .option('--to <date>', 'add, drop: last day, inclusive')
  .option('--dataset <dataset>', 'skip: source.resource (default: the one from which the ticker is taken)')
  .option('--reason <text>', 'why; kept in the records')
  .option('--by <name>', 'who wants it (default: a person)')
  .option('--no-wait', 'leave it with the run, which hears of it once a worker is up')
  .addHelpText(
    'after',
    `
pause [RUN]               begins nothing new; what is in flight ends in order
resume [RUN]              goes on
concurrency N [RUN]       runs N cells at once
add [RUN]                 adds --tickers, --from and --to; what is left out is as in the run
drop [RUN]                leaves out what has not begun of --tickers, --from and --to
skip DATE TICKER [RUN]    gives one cell up, with a --reason`,
  );

await runCommand<SteerFlags & { wait: boolean }>(program, async (output, flags, [act = '', ...words]) => {
  const open = await openLake();
  const { kind, value, runWord } = actWords(act, words, flags, open, new Date());
  const lake = await connectLake(open);
  const run = await openRun(lake, runWord);
  if (!flags.wait) {
    await leaveAct(lake, run, kind, value);
    output.say(`${run} is told to ${kind}; it hears of it once a worker is up.`);
    output.json({ run, act: kind, outcome: 'sent' });
    return exitCode.good;
  }
  const answer = await sendAct(lake, run, kind, value);
  output.say(`${run} ${answer.words}.`);
  output.json({ run, act: kind, outcome: 'taken', ...answer });
  return exitCode.good;
});
