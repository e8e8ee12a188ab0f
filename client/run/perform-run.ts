import { exitCode, type ExitCode } from '../command/exit-code.ts';
import { partitionId } from '../../workflows/pure/ids.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { paceOf } from '../plan/pace.ts';
import { snapshotLines, snapshotsOf, type SnapshotStanding } from '../status/snapshots.ts';
import { areSettled, cellsOfRequest, haveTheirPrice, type CellStanding } from './cells-of-request.ts';
import { dailyLine, readDailyChange } from './daily-change.ts';
import { firstAnswer, followRun, type RunEnd } from './follow-run.ts';
import type { NamedRequest } from './run-request.ts';
import { startRun } from './start-run.ts';
import { endingLines, summarize, summaryTable } from './summary-lines.ts';

/**
 * Starts or joins a run, follows it to its end, and says how every cell of it stands; a daily run ends with one
 * line on what changed. `standings` reads how cells stand, where the request alone does not say which they are.
 */
export async function performRun(
  lake: ConnectedLake,
  named: NamedRequest,
  output: Output,
  now: Date,
  standings = (): Promise<CellStanding[]> => cellsOfRequest(lake, named.request, now),
): Promise<ExitCode> {
  // Before the run: its plan holds the index.
  const pace = await paceOf(lake.index);
  const handle = await startRun(lake, named.run, named.request);
  output.say(`Run ${named.run}`);
  const end = await followRun(lake, handle, output, pace);
  const cells = await withAdded(lake, await standings(), end, now);
  const summaries = await summarize(lake, cells);
  output.say();
  for (const line of summaryTable(summaries, lake.lake.market)) output.say(line);
  output.say();
  for (const line of endingLines(cells, (end.plan?.todo ?? 0) + (end.plan?.looks ?? 0) > 0)) output.say(line);
  const snapshots = await snapshotsTaken(lake, named.request);
  for (const line of snapshotLines(snapshots)) output.say(line);
  if (end.dropped !== undefined)
    output.say(`${countOf(end.dropped, 'cell')} dropped by a person on the way.`);
  const { request } = named;
  const change =
    request.kind === 'daily' ? await readDailyChange(lake, named.run, request.date, cells) : undefined;
  output.json({
    run: named.run,
    ...end,
    ...(change ? { change } : {}),
    ...(snapshots.length > 0 ? { snapshots } : {}),
    assets: summaries,
    cells: cells.filter((cell) => !areSettled([cell])),
  });
  if (end.outcome === 'failed' || end.outcome === 'cancelled') {
    output.say(`${named.run} ${end.outcome}: ${end.reason ?? ''}`);
    return end.code === 'PlanRefused' ? exitCode.wrongUse : exitCode.weFailed;
  }
  if (change) output.say(dailyLine(change));
  if (!haveTheirPrice(cells)) return exitCode.cellsMissing;
  if (end.outcome !== 'incomplete') return exitCode.good;
  // A daily run also judges what was accepted for a time, however old: such a cell is none of its days.
  output.say(end.reason ?? '');
  return exitCode.cellsMissing;
}

/** How the snapshots stand that a run was to take. */
async function snapshotsTaken(lake: ConnectedLake, request: RunRequest): Promise<SnapshotStanding[]> {
  const date = 'snapshotDate' in request ? request.snapshotDate : undefined;
  return date === undefined ? [] : snapshotsOf(lake, { from: date, to: date });
}

/** Adds the cells that were added on the way, each once. */
async function withAdded(
  lake: ConnectedLake,
  cells: readonly CellStanding[],
  { added = [] }: RunEnd,
  now: Date,
): Promise<readonly CellStanding[]> {
  if (added.length === 0) return cells;
  const more = await Promise.all(added.map((request) => cellsOfRequest(lake, request, now)));
  return [...new Map([...cells, ...more.flat()].map((cell) => [partitionId(cell), cell])).values()];
}

/** Starts or joins a run and leaves it to itself, once a worker has shown that it has it in hand. */
export async function launchRun(lake: ConnectedLake, named: NamedRequest, output: Output): Promise<ExitCode> {
  const handle = await startRun(lake, named.run, named.request);
  await firstAnswer(lake, handle, new Promise(() => undefined));
  output.say(`Run ${named.run} is under way. See it with: npx tsx client/status.ts`);
  output.json({ run: named.run, outcome: 'running' });
  return exitCode.good;
}
