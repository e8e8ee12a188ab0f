import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { areSettled, cellsOfRequest, type CellStanding } from './cells-of-request.ts';
import { firstAnswer, followRun } from './follow-run.ts';
import type { NamedRequest } from './run-request.ts';
import { startRun } from './start-run.ts';
import { endingLines, summarize, summaryTable } from './summary-lines.ts';

/**
 * Starts or joins a run, follows it to its end, and says how every cell of it stands. `standings` reads how
 * they stand, where the request alone does not say which cells they are.
 */
export async function performRun(
  lake: ConnectedLake,
  named: NamedRequest,
  output: Output,
  now: Date,
  standings = (): Promise<CellStanding[]> => cellsOfRequest(lake, named.request, now),
): Promise<ExitCode> {
  const handle = await startRun(lake, named.run, named.request);
  output.say(`Run ${named.run}`);
  const end = await followRun(lake, handle, output);
  const cells = await standings();
  const summaries = await summarize(lake, cells);
  output.say();
  for (const line of summaryTable(summaries, lake.lake.market)) output.say(line);
  output.say();
  for (const line of endingLines(cells, (end.plan?.todo ?? 0) > 0)) output.say(line);
  output.json({
    run: named.run,
    ...end,
    assets: summaries,
    cells: cells.filter((cell) => !areSettled([cell])),
  });
  if (end.outcome === 'failed' || end.outcome === 'cancelled') {
    output.say(`${named.run} ${end.outcome}: ${end.reason ?? ''}`);
    return end.code === 'PlanRefused' ? exitCode.wrongUse : exitCode.weFailed;
  }
  if (!areSettled(cells)) return exitCode.cellsMissing;
  if (end.outcome !== 'incomplete') return exitCode.good;
  // A daily run also judges what was accepted for a time, however old: such a cell is none of its days.
  output.say(end.reason ?? '');
  return exitCode.cellsMissing;
}

/** Starts or joins a run and leaves it to itself, once a worker has shown that it has it in hand. */
export async function launchRun(lake: ConnectedLake, named: NamedRequest, output: Output): Promise<ExitCode> {
  const handle = await startRun(lake, named.run, named.request);
  await firstAnswer(lake, handle, new Promise(() => undefined));
  output.say(`Run ${named.run} is under way. See it with: npx tsx client/status.ts`);
  output.json({ run: named.run, outcome: 'running' });
  return exitCode.good;
}
