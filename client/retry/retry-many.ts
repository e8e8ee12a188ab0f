import { exitCode, WrongUse, type ExitCode } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { fallbackOf, type CellStanding } from '../run/cells-of-request.ts';
import { orLeft } from '../run/or-left.ts';
import { launchRun, performRun } from '../run/perform-run.ts';
import { runRecordsFolder } from '../../lake/layout.ts';
import { everySource, troubledCells, type DueCell } from '../../plan/due-cells.ts';
import { troubledOfSnapshots } from '../../plan/lake-snapshots.ts';
import { knownCells, readMemory } from '../../plan/memory.ts';
import { retryId, withoutLake } from '../../workflows/pure/ids.ts';

/** Which cells, and whether to follow them. */
export interface RetryManyFlags {
  /** Left out: every run. */
  readonly run?: string;
  readonly wait: boolean;
}

/** Takes up again every refused or failed cell of one run, or of the lake; nothing is started where none is. */
export async function retryMany(
  open: OpenLake,
  flags: RetryManyFlags,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const of = flags.run === undefined ? 'all' : await knownRun(open, flags.run);
  const troubled = await knownCells(open.index, 'troubled');
  const cells = [
    ...troubledCells(of, troubled, everySource(await open.planned(now))),
    ...(await troubledOfSnapshots(open, of, troubled, now)),
  ];
  if (cells.length === 0) {
    output.say(
      `nothing to do: no cell of ${flags.run === undefined ? 'this lake' : of} is refused or failed`,
    );
    output.json({ run: null, outcome: 'nothing to do', cells: [] });
    return exitCode.good;
  }
  const lake = await connectLake(open);
  const named = { run: retryId(of), request: { kind: 'retry', of } } as const;
  if (!flags.wait) return launchRun(lake, named, output);
  const following = performRun(lake, named, output, now, () => standingsNow(open, cells));
  return orLeft(named.run, following, output);
}

/** Reads how cells stand that were chosen before the run, since afterwards the records no longer tell which. */
export async function standingsNow(open: OpenLake, cells: readonly DueCell[]): Promise<CellStanding[]> {
  const memory = await readMemory(open.index);
  return cells.map(({ asset, date }) => {
    const { dataset, ticker } = asset;
    const { state = 'missing', code, reason } = memory(dataset, ticker, date) ?? {};
    const fallback = fallbackOf({ asset, date }, state, memory);
    return {
      dataset,
      ticker,
      date,
      state,
      ...(code ? { code } : {}),
      ...(reason ? { reason } : {}),
      ...fallback,
    };
  });
}

async function knownRun(open: OpenLake, word: string): Promise<string> {
  const run = withoutLake(open.lake.id, word);
  if (run !== '' && (await open.store.namesIn(runRecordsFolder(run))).length > 0) return run;
  throw new WrongUse(
    `There is no run "${run}" in the records of this lake. Write it as its own end names it, such as daily/2026-11-19.`,
  );
}
