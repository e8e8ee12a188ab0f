import { nameOfCell, namedCell, type CellWords, type NamedCell } from '../cell/named-cell.ts';
import { exitCode, WrongUse, type ExitCode } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { endOf, firstAnswer } from '../run/follow-run.ts';
import { earliestDate } from '../../plan/due-cells.ts';
import { finalAt } from '../../plan/finality.ts';
import { knownCell } from '../../plan/memory.ts';
import { isMember, isWholeDay } from '../../plan/planned-snapshots.ts';
import { utcDateOf, type CellKey } from '../../workflows/pure/cell.ts';
import { launchRun, performRun } from '../run/perform-run.ts';
import { dailyRequest } from '../run/run-request.ts';
import { followCell } from './follow-cell.ts';
import { startCell } from './start-cell.ts';

/** How one cell is retried. */
export interface RetryCellFlags {
  readonly dataset?: string;
  /** Fetches it again though it is published or closed. */
  readonly force?: boolean;
  readonly wait: boolean;
}

/**
 * Takes one cell up again by itself: it fetches its own day and ends with the model. One that another run
 * has in hand is joined.
 */
export async function retryCell(
  open: OpenLake,
  flags: RetryCellFlags & CellWords,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const named = await namedCell(flags, open, now);
  const { cell } = named;
  if (isWholeDay(named.asset)) return takeWholeDay(open, cell, flags, output, now);
  const settled = await settledAlready(open, named, flags.force ?? false, now);
  if (settled) {
    output.say(settled.sentence);
    output.json({ ...cell, state: settled.state, outcome: 'nothing to do' });
    return exitCode.good;
  }
  const lake = await connectLake(open);
  const handle = await startCell(lake, cell);
  const ended = endOf(handle);
  await firstAnswer(lake, handle, ended);
  const until = finalAt(cell.date, named.asset.final);
  if (until > now && !isMember(named.asset)) {
    output.say(
      `${nameOfCell(cell)} waits until its day is final, ${until.toISOString().slice(0, 16)}Z, and then goes on by itself.`,
    );
    output.json({ ...cell, state: 'waiting', until: until.toISOString() });
    return exitCode.good;
  }
  if (!flags.wait) {
    output.say(
      `${nameOfCell(cell)} is under way. See it with: npx tsx client/status.ts --from ${cell.date} --to ${cell.date}`,
    );
    output.json({ ...cell, state: 'running' });
    return exitCode.good;
  }
  return followCell(lake, cell, { handle, ended }, output);
}

/** A snapshot is taken whole, by the daily run of its day. @throws WrongUse for a day that is over. */
async function takeWholeDay(
  open: OpenLake,
  { dataset, date }: CellKey,
  { wait }: RetryCellFlags,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  if (date !== utcDateOf(now.getTime())) {
    throw new WrongUse(
      `${dataset} of ${date} is over: how a past day stood cannot be asked for. The next daily run gives it up.`,
    );
  }
  const named = await dailyRequest(undefined, open, now);
  const lake = await connectLake(open);
  return wait ? performRun(lake, named, output, now) : launchRun(lake, named, output);
}

interface Settled {
  readonly state: 'published' | 'closed';
  readonly sentence: string;
}

/** Tells whether there is nothing to take up. @throws WrongUse for a day that the source gives no more. */
async function settledAlready(
  open: OpenLake,
  { cell, asset }: NamedCell,
  isForced: boolean,
  now: Date,
): Promise<Settled | undefined> {
  const day = asset.calendar.day(cell.date);
  if (!day.isOpen) {
    return {
      state: 'closed',
      sentence: `${nameOfCell(cell)} is a closed day (${day.note ?? 'no session'}): there is nothing to fetch.`,
    };
  }
  const known = await knownCell(open.index, cell);
  if (!isForced && (known?.state === 'published' || known?.state === 'closed')) {
    return {
      state: known.state,
      sentence: `${nameOfCell(cell)} is ${known.state} already. To ask for it again: --force`,
    };
  }
  const earliest = earliestDate(asset, now);
  if (earliest !== null && cell.date < earliest) {
    throw new WrongUse(
      `${nameOfCell(cell)} lies beyond what the source gives on its plan: nothing before ${earliest}. ` +
        `Give it up with: npx tsx client/skip.ts ${cell.date} ${cell.ticker} --reason "…"`,
    );
  }
  return undefined;
}
