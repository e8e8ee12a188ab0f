import type { Contract } from '../contracts/contract.ts';
import { contractChanged } from '../contracts/contract-error.ts';
import { dueCells, everySource, troubledCells, type DueCell } from '../plan/due-cells.ts';
import { cellsOfSnapshots, troubledOfSnapshots } from '../plan/lake-snapshots.ts';
import { cellsOfOtherContracts, dueAgain, lapsedCells } from '../plan/judged-again.ts';
import { dueLooks, withLooks } from '../plan/relook.ts';
import { knownCells, memoryFor } from '../plan/memory.ts';
import { withMembers } from '../plan/planned-snapshots.ts';
import { utcDateOf } from '../workflows/pure/cell.ts';
import type { RunRequest } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';

/** Decides what becomes of every cell that a request means. */
export async function decideCells(deps: ActivityDeps, request: RunRequest, now: Date): Promise<DueCell[]> {
  const assets = await deps.plannedAssets();
  switch (request.kind) {
    case 'retry': {
      const troubled = await knownCells(deps.index, 'troubled');
      return [
        ...troubledCells(request.of, troubled, everySource(assets)),
        ...(await troubledOfSnapshots(deps, request.of, troubled, now)),
      ];
    }
    case 'reaudit': {
      const contracts = agreedContracts(deps, request.contracts);
      const cells = await cellsOfOtherContracts(deps.index, contracts, request);
      return dueAgain(cells, withMembers(everySource(assets), deps.plannedSnapshots(), cells), 'contract');
    }
    case 'backfill':
      return [
        ...dueCells(request, assets, await memoryFor(deps.index, request, assets, now), now),
        ...(await cellsOfSnapshots(deps, request, now)),
      ];
    case 'daily': {
      const due = dueCells(request, assets, await memoryFor(deps.index, request, assets, now), now);
      const rule = { afterDays: deps.relookAfterDays, date: request.date, now };
      const looks = await dueLooks(deps.index, assets, rule);
      const lapsed = await lapsedCells(deps.index, utcDateOf(now.getTime()));
      const known = withMembers(everySource(assets), deps.plannedSnapshots(), lapsed);
      const cells = [...withLooks(due, looks), ...(await cellsOfSnapshots(deps, request, now))];
      return withLapsed(cells, dueAgain(lapsed, known, 'acceptance'));
    }
  }
}

/** A price that was accepted for a time is judged again when that is over, however old it is. */
function withLapsed(due: readonly DueCell[], lapsed: readonly DueCell[]): DueCell[] {
  const keyOf = ({ asset, date }: DueCell): string => `${asset.dataset}/${asset.ticker}/${date}`;
  const keys = new Set(lapsed.map(keyOf));
  return [...due.filter((cell) => !keys.has(keyOf(cell))), ...lapsed];
}

/**
 * The contracts in force, once they are known to be those that whoever asks has read.
 * @throws ContractError `ContractChanged` where this worker began before a contract was changed.
 */
function agreedContracts(deps: ActivityDeps, wanted: Readonly<Record<string, string>>): Contract[] {
  return Object.entries(wanted).map(([dataset, sha256]) => {
    const contract = deps.contracts.get(dataset);
    if (contract?.sha256 === sha256) return contract;
    throw contractChanged(dataset, contract?.version);
  });
}
