import { nameOfCell } from '../cell/named-cell.ts';
import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { neededAudit, type KeptAudit } from '../../lake/audits.ts';
import { readCellRecords, type CellRecord, type Numbered } from '../../lake/records.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import type { StagedCell } from '../../workflows/partition.ts';

/** A cell as its newest audit refused it. */
export interface RefusedCell {
  readonly cell: CellKey;
  readonly records: readonly Numbered<CellRecord>[];
  readonly refusal: CellRecord;
  readonly audit: KeptAudit;
  /** The batch that was refused, from which it is judged again. */
  readonly staged: StagedCell;
}

const judgements: readonly CellRecord['event'][] = ['published', 'unchanged', 'refused'];

/**
 * Finds what refused a cell.
 * @throws WrongUse where its newest judgement is no refusal.
 */
export async function refusedCell(open: Pick<OpenLake, 'store'>, cell: CellKey): Promise<RefusedCell> {
  const records = await readCellRecords(open.store, cell);
  const refusal = records.findLast(({ record }) => judgements.includes(record.event))?.record;
  if (refusal?.event !== 'refused') throw new WrongUse(notRefused(cell, refusal ?? records.at(-1)?.record));
  const { audit, batch, symbol } = refusal;
  if (!audit || !batch || !symbol || !refusal.contentSha256 || !refusal.contractSha256) {
    throw new WrongUse(
      `The record of ${nameOfCell(cell)}'s refusal is of an earlier version and does not say what was refused. Retry it first: npx tsx client/retry.ts ${cell.date} ${cell.ticker}`,
    );
  }
  return {
    cell,
    records,
    refusal,
    audit: await neededAudit(open.store, audit, cell),
    staged: { symbol, batch },
  };
}

function notRefused(cell: CellKey, newest: CellRecord | undefined): string {
  const name = nameOfCell(cell);
  if (newest?.acceptance) {
    return `${name} is published already, accepted: ${newest.acceptance.reason}. To take that back: --withdraw --reason "…"`;
  }
  const state = newest?.event === 'unchanged' ? 'published' : (newest?.event ?? 'missing');
  return `${name} is ${state}: only what an audit refused can be accepted.`;
}
