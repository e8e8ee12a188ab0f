import { nameOfCell } from '../cell/named-cell.ts';
import { exitCode, WrongUse, type ExitCode } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { standingAcceptance } from '../../lake/acceptance-record.ts';
import { appendCellRecord, readCellRecords, type CellRecord } from '../../lake/records.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { contentOf, type AcceptFlags } from './accept-cell.ts';
import { judgeAgain } from './judge-again.ts';

/**
 * Takes an acceptance back and has the cell judged again: it is refused. What was published stays in bronze, and is
 * marked as refused.
 * @throws WrongUse where nothing is accepted.
 */
export async function withdrawAcceptance(
  open: OpenLake,
  cell: CellKey,
  flags: AcceptFlags,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const reason = flags.reason?.trim() ?? '';
  if (reason === '') throw new WrongUse('Why is it taken back? Add --reason "…".');
  if (flags.until !== undefined || flags.forGood)
    throw new WrongUse(
      '--until and --for-good say how long something is accepted; --withdraw takes it back.',
    );
  const records = await readCellRecords(open.store, cell);
  const standing = standingAcceptance(records);
  const accepted = records.find(({ number }) => number === standing?.number)?.record;
  const { batch, symbol } = accepted ?? {};
  if (!standing || !accepted || !batch || !symbol)
    throw new WrongUse(`Nothing of ${nameOfCell(cell)} is accepted: there is nothing to take back.`);
  const lake = await connectLake(open);
  const run = `accept/${cell.date}/${cell.ticker}`;
  const record: CellRecord = {
    event: 'withdrawn',
    recordedAt: now.toISOString(),
    run,
    ...contentOf(accepted),
    rules: [...standing.rules],
    reason,
  };
  await appendCellRecord(open.store, cell, record);
  output.say(`No longer accepted: ${reason}`);
  const start = { run, staged: { symbol, batch }, cause: 'acceptance' as const };
  const code = await judgeAgain(lake, cell, start, flags, output);
  // That it is refused is what was wanted.
  return code === exitCode.cellsMissing ? exitCode.good : code;
}
