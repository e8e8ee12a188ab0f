import { Command } from 'commander';
import { countOpenAlerts } from '../alerts/open-alerts.ts';
import { runCommand } from './command/command.ts';
import { exitCode, NobodyAnswers, WrongUse } from './command/exit-code.ts';
import { connectLake, openLake, type OpenLake } from './command/lake-client.ts';
import { quotaWaits, type RunWait } from './quota/quota-waits.ts';
import { areSettled } from './run/cells-of-request.ts';
import { openCells, openRuns, type OpenExecution } from './run/open-runs.ts';
import { asOfHelp } from './as-of/instant.ts';
import { pastStatus } from './status/past-status.ts';
import { showStatus, type SeenStatus } from './status/show-status.ts';
import { isSnapshotSettled, snapshotsOf } from './status/snapshots.ts';
import { standingsOf, withRunning } from './status/standings.ts';
import { showWhy } from './why/show-why.ts';
import { utcDateOf } from '../workflows/pure/cell.ts';
import { statusRange, type StatusFlags } from './status/status-range.ts';

const program = new Command('status')
  .description('Show the state of every cell, from the records; what is running, from Temporal.')
  .option('--from <date>', 'first day, YYYY-MM-DD, inclusive (default: 30 days before the last)')
  .option('--to <date>', 'last day, inclusive (default: the last day that is final)')
  .option('--tickers <list>', 'only these, such as BTC,AAPL')
  .option('--why <day-and-ticker...>', 'tell the whole story of one cell, such as --why 2026-11-19 AAPL')
  .option('--as-of <instant>', asOfHelp);

await runCommand<StatusFlags & { why?: string[] }>(program, async (output, flags) => {
  const now = new Date();
  if (flags.why && Object.keys(flags).some((name) => !['why', 'json'].includes(name)))
    throw new WrongUse(
      '--why tells all there is of one cell: leave --from, --to, --tickers and --as-of out.',
    );
  const open = await openLake();
  if (flags.why) return showWhy(output, open, flags.why, now);
  const seen =
    flags.asOf === undefined
      ? await presentStatus(flags, open, now)
      : await pastStatus({ ...flags, asOf: flags.asOf }, open, now);
  showStatus(output, open, seen);
  const { cells, snapshots = [] } = seen;
  const isSettled = areSettled(cells) && snapshots.every(isSnapshotSettled);
  return isSettled ? exitCode.good : exitCode.cellsMissing;
});

async function presentStatus(flags: StatusFlags, open: OpenLake, now: Date): Promise<SeenStatus> {
  const range = await statusRange(flags, open, now);
  const known = await standingsOf(open, range, now);
  const { cells: executions, runs, waits, unknown } = await workInHand(open);
  const cells = withRunning(known, new Set(executions.map(({ id }) => id)));
  const openAlerts = await countOpenAlerts(open.index);
  // A snapshot is taken on its own day, which is not final yet for anything else.
  const to = flags.to ?? utcDateOf(now.getTime());
  const snapshots = range.tickers === null ? await snapshotsOf(open, { ...range, to }) : [];
  return { range, cells, runs, waits, openAlerts, snapshots, ...(unknown === undefined ? {} : { unknown }) };
}

interface Work {
  readonly cells: readonly OpenExecution[];
  readonly runs: readonly OpenExecution[];
  readonly waits: readonly RunWait[];
  /** Why nobody can say, where nobody can. */
  readonly unknown?: string;
}

/** The records answer without a server; only what is running is then not known. */
async function workInHand(open: OpenLake): Promise<Work> {
  try {
    const lake = await connectLake(open);
    const [cells, runs] = await Promise.all([openCells(lake), openRuns(lake)]);
    const waits = runs.length > 0 ? await quotaWaits(lake) : [];
    return { cells, runs, waits };
  } catch (error) {
    if (!(error instanceof NobodyAnswers)) throw error;
    return { cells: [], runs: [], waits: [], unknown: error.message };
  }
}
