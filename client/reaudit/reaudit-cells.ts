import { createHash } from 'node:crypto';
import { exitCode, WrongUse, type ExitCode } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { mustBeRaised } from '../contract-plan/version-step.ts';
import { standingsNow } from '../retry/retry-many.ts';
import { launchRun, performRun } from '../run/perform-run.ts';
import type { NamedRequest } from '../run/run-request.ts';
import type { Contract } from '../../contracts/contract.ts';
import { everySource } from '../../plan/due-cells.ts';
import { cellsOfOtherContracts, dueAgain } from '../../plan/judged-again.ts';
import { withMembers } from '../../plan/planned-snapshots.ts';
import { reauditId } from '../../workflows/pure/ids.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { judgedFilter, type JudgedFlags } from './judged-filter.ts';

/** Which cells, and whether to follow them. */
export interface ReauditFlags extends JudgedFlags {
  /** Left out: every dataset. */
  readonly dataset?: string;
  readonly wait: boolean;
}

/**
 * Applies contracts to what was judged under others: what passes is published under the new version, what does not is
 * refused. Nothing is started where nothing was judged under another.
 * @throws WrongUse for what cannot be meant, ContractError `VersionNotRaised`.
 */
export async function reauditCells(
  open: OpenLake,
  contracts: ReadonlyMap<string, Contract>,
  flags: ReauditFlags,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const chosen = chosenContracts(contracts, flags.dataset);
  const filter = judgedFilter(flags, open, now);
  const judged = await cellsOfOtherContracts(open.index, chosen, filter);
  for (const contract of chosen) mustBeRaised(contract, judged);
  const assets = withMembers(everySource(await open.planned(now)), open.plannedSnapshots(), judged);
  const cells = dueAgain(judged, assets, 'contract');
  if (judged.length > cells.length) {
    output.say(
      `${countOf(judged.length - cells.length, 'cell')} of assets that are configured no more stay as they are.`,
    );
  }
  if (cells.length === 0) {
    output.say('nothing to do: every cell was judged under the contract as it is now');
    output.json({ run: null, outcome: 'nothing to do', cells: [] });
    return exitCode.good;
  }
  const named = reauditRequest(chosen, flags.dataset, filter);
  const lake = await connectLake(open);
  if (!flags.wait) return launchRun(lake, named, output);
  return performRun(lake, named, output, now, () => standingsNow(open, cells));
}

/** The contracts that are meant. @throws WrongUse for a dataset without one. */
export function chosenContracts(
  contracts: ReadonlyMap<string, Contract>,
  dataset: string | undefined,
): readonly Contract[] {
  if (dataset === undefined) return [...contracts.values()];
  const contract = contracts.get(dataset);
  if (contract) return [contract];
  throw new WrongUse(`"${dataset}" has no contract. Known: ${[...contracts.keys()].join(', ')}.`);
}

/** The run that applies contracts; the same question has the same id. */
export function reauditRequest(
  contracts: readonly Contract[],
  dataset: string | undefined,
  filter: Pick<Extract<RunRequest, { kind: 'reaudit' }>, 'tickers' | 'range'>,
): NamedRequest {
  const hashes = Object.fromEntries(contracts.map((contract) => [contract.dataset, contract.sha256]));
  const request: RunRequest = { kind: 'reaudit', contracts: hashes, ...filter };
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 8);
  return { run: reauditId(dataset ?? 'all', hash), request };
}
