import { join } from 'node:path';
import { nameOfCell } from '../cell/named-cell.ts';
import { WrongUse, type ExitCode } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { refusingRules, whyNotAcceptable } from '../../contracts/acceptance.ts';
import type { Contract } from '../../contracts/contract.ts';
import { loadContracts } from '../../contracts/load.ts';
import { standingAcceptance } from '../../lake/acceptance-record.ts';
import { appendCellRecord, type CellRecord } from '../../lake/records.ts';
import { projectFolder } from '../../settings.ts';
import type { PartitionDate } from '../../workflows/pure/cell.ts';
import { judgeAgain } from './judge-again.ts';
import { showRefusal } from './refusal-lines.ts';
import type { RefusedCell } from './refused-cell.ts';

/** The flags of an acceptance, as typed. */
export interface AcceptFlags {
  readonly dataset?: string;
  readonly reason?: string;
  readonly until?: string;
  readonly forGood?: boolean;
  readonly withdraw?: boolean;
  readonly wait: boolean;
}

/** An acceptance, its words understood. */
export interface AcceptWish {
  readonly reason: string;
  readonly livesUntil: PartitionDate | null;
  readonly wait: boolean;
}

/**
 * Records that a person accepts what was refused of a cell, and has it judged again from its batch: the verdict stays
 * what it is, and the publication names the reason.
 * @throws WrongUse where nobody can accept it, or where the contract has changed since.
 */
export async function acceptCell(
  open: OpenLake,
  refused: RefusedCell,
  wish: AcceptWish,
  output: Output,
  now: Date,
  contracts: ReadonlyMap<string, Contract> = loadContracts(join(projectFolder, 'contracts')),
): Promise<ExitCode> {
  const { cell, refusal, staged } = refused;
  const reason = wish.reason.trim();
  if (reason === '') throw new WrongUse('--reason is empty: say in a few words why it is right as it is.');
  mustBeAcceptable(refused, contracts.get(cell.dataset));
  // Before anything is recorded: nobody there to judge it would leave it half done.
  const lake = await connectLake(open);
  showRefusal(output, open, refused, false);
  const rules = refusingRules(refused.audit.verdict);
  const record: CellRecord = {
    event: 'accepted',
    recordedAt: now.toISOString(),
    run: `accept/${cell.date}/${cell.ticker}`,
    ...contentOf(refusal),
    rules,
    livesUntil: wish.livesUntil,
    reason,
  };
  if (!isSaidAlready(refused, record)) await appendCellRecord(open.store, cell, record);
  const howLong = wish.livesUntil === null ? 'for good' : `until ${wish.livesUntil}`;
  output.say(`Accepted ${howLong}: ${reason}`);
  return judgeAgain(lake, cell, { run: record.run, staged, cause: 'acceptance' }, wish, output);
}

/** What a refusal judged, in the words of the record that answers it. */
export function contentOf(refusal: CellRecord): Partial<CellRecord> {
  const { batch, symbol, contentSha256, contractVersion, contractSha256, audit } = refusal;
  return { batch, symbol, contentSha256, contractVersion, contractSha256, audit };
}

function mustBeAcceptable({ cell, refusal, audit }: RefusedCell, contract: Contract | undefined): void {
  const name = nameOfCell(cell);
  if (!contract || contract.sha256 !== refusal.contractSha256) {
    throw new WrongUse(
      `${name} was refused under contract version ${refusal.contractVersion ?? '?'}, and contracts/ holds another one now (${contract?.version ?? 'none'}). Have it judged by that first: npx tsx client/reaudit.ts --dataset ${cell.dataset}`,
    );
  }
  const why = whyNotAcceptable(audit.verdict, contract);
  if (why === undefined) return;
  throw new WrongUse(
    `${name} cannot be accepted by a person: ${why}. Retry it when the source is right, change the contract, or give the cell up with npx tsx client/skip.ts.`,
  );
}

/** The same command again, after it was interrupted, goes on with what it had recorded. */
function isSaidAlready({ records }: RefusedCell, record: CellRecord): boolean {
  const standing = standingAcceptance(records);
  return (
    standing?.number === records.at(-1)?.number &&
    standing?.contentSha256 === record.contentSha256 &&
    standing?.contractSha256 === record.contractSha256 &&
    standing?.livesUntil === record.livesUntil &&
    standing?.reason === record.reason
  );
}
