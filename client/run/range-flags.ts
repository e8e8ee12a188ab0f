import type { Command } from 'commander';

/** Gives a command the flags of a backfill's range. */
export function withRangeFlags(program: Command): Command {
  return program
    .option('--days <n>', 'the last n final days of each asset (default: 90)')
    .option('--from <date>', 'first day, YYYY-MM-DD, inclusive')
    .option('--to <date>', 'last day, inclusive (default: today)')
    .option('--tickers <list>', 'only these, such as BTC,AAPL')
    .option('--force', 'fetch published days again')
    .option('--grain <grain>', 'a workflow for each cell, each month, or auto: month from 2,000 cells on')
    .option('--clip', "leave out what lies beyond a source's history instead of refusing");
}
