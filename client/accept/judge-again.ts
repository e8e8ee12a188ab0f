import { nameOfCell } from '../cell/named-cell.ts';
import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { followCell } from '../retry/follow-cell.ts';
import { startCell, type CellStart } from '../retry/start-cell.ts';
import { endOf, firstAnswer } from '../run/follow-run.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

/** Has a cell judged again from its staged batch, and follows it to its end unless told not to. */
export async function judgeAgain(
  lake: ConnectedLake,
  cell: CellKey,
  start: CellStart,
  { wait }: { readonly wait: boolean },
  output: Output,
): Promise<ExitCode> {
  const handle = await startCell(lake, cell, start);
  const ended = endOf(handle);
  await firstAnswer(lake, handle, ended);
  if (wait) return followCell(lake, cell, { handle, ended }, output);
  output.say(
    `${nameOfCell(cell)} is under way. See it with: npx tsx client/status.ts --from ${cell.date} --to ${cell.date}`,
  );
  output.json({ ...cell, state: 'running' });
  return exitCode.good;
}
