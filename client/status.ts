import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode, NobodyAnswers } from './command/exit-code.ts';
import { connectLake, openLake, type OpenLake } from './command/lake-client.ts';
import { areSettled } from './run/cells-of-request.ts';
import { openCells, openRuns, type OpenExecution } from './run/open-runs.ts';
import { endingLines } from './run/summary-lines.ts';
import { countStates, legendLines } from './status/glyphs.ts';
import { gridLines } from './status/grid.ts';
import { standingsOf, withRunning } from './status/standings.ts';
import { statusRange, type StatusFlags } from './status/status-range.ts';
import { isColourWanted } from '../settings.ts';

const program = new Command('status')
  .description('Show the state of every cell, from the records; what is running, from Temporal.')
  .option('--from <date>', 'first day, YYYY-MM-DD, inclusive (default: 30 days before the last)')
  .option('--to <date>', 'last day, inclusive (default: the last day that is final)')
  .option('--tickers <list>', 'only these, such as BTC,AAPL');

await runCommand<StatusFlags>(program, async (output, flags) => {
  const now = new Date();
  const open = await openLake();
  const range = await statusRange(flags, open, now);
  const known = await standingsOf(open, range, now);
  const work = await workInHand(open);
  const cells = withRunning(known, new Set(work.cells.map(({ id }) => id)));
  const isColoured = output.isInPlace && isColourWanted();
  const isSample = open.lake.market === 'sample';
  output.say(
    `${open.lake.id}: ${range.from} … ${range.to}${isSample ? '  (synthetic prices of the sample market)' : ''}`,
  );
  output.say();
  for (const line of gridLines(cells, { width: output.width, isColoured })) output.say(line);
  output.say();
  const counts = countStates(cells);
  for (const line of legendLines(counts, isColoured)) output.say(line);
  output.say();
  for (const { id, startedAt } of work.runs)
    output.say(`${id} is running since ${startedAt.toISOString().slice(0, 16)}Z`);
  if (work.unknown !== undefined) output.say(`What is running is not known: ${work.unknown}`);
  for (const line of endingLines(cells.filter(({ state }) => state !== 'running'))) output.say(line);
  output.json({
    lake: open.lake.id,
    from: range.from,
    to: range.to,
    counts,
    isRunningKnown: work.unknown === undefined,
    runs: work.runs.map(({ id }) => id),
    cells,
  });
  return areSettled(cells) ? exitCode.good : exitCode.cellsMissing;
});

interface Work {
  readonly cells: readonly OpenExecution[];
  readonly runs: readonly OpenExecution[];
  /** Why nobody can say, where nobody can. */
  readonly unknown?: string;
}

/** The records answer without a server; only what is running is then not known. */
async function workInHand(open: OpenLake): Promise<Work> {
  try {
    const lake = await connectLake(open);
    const [cells, runs] = await Promise.all([openCells(lake), openRuns(lake)]);
    return { cells, runs };
  } catch (error) {
    if (!(error instanceof NobodyAnswers)) throw error;
    return { cells: [], runs: [], unknown: error.message };
  }
}
