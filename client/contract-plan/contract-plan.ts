import type { OpenLake } from '../command/lake-client.ts';
import { openFileReader } from '../../lake/file-reader.ts';
import type { Contract } from '../../contracts/contract.ts';
import { contractDifference, type ContractDifference } from '../../contracts/difference.ts';
import { parseContract } from '../../contracts/parse.ts';
import { verifyContract } from '../../contracts/verify.ts';
import { readKeptContract } from '../../lake/kept-contracts.ts';
import { cellsOfOtherContracts, type JudgedCell, type JudgedFilter } from '../../plan/judged-again.ts';
import { judgeFromFiles } from './judge-from-files.ts';
import { Toll, type RuleToll, type UntoldCell } from './toll.ts';
import { newestJudgedVersion, whyNotRaised } from './version-step.ts';

/** What would become of cells if a contract were applied. Nothing is written to find out. */
export interface ContractPlan {
  readonly dataset: string;
  readonly version: string;
  /** The newest version that cells were judged by; null where none were judged by another. */
  readonly newestJudged: string | null;
  /** Against that one; null where the lake did not keep it. */
  readonly difference: ContractDifference | null;
  /** What is wrong with its version; null where nothing is. */
  readonly versionFault: string | null;
  readonly counts: {
    /** Published cells that pass: they are published anew, under its version. */
    readonly passing: number;
    /** Published cells that would be refused. */
    readonly refused: number;
    /** Refused cells that would be published. */
    readonly admitted: number;
    /** Refused cells that would be refused again. */
    readonly stillRefused: number;
  };
  readonly rules: readonly RuleToll[];
  /** Cells of which nobody can tell. */
  readonly untold: readonly UntoldCell[];
}

/** Finds out, for each contract, which cells that were judged by another would pass it and which would not. */
export async function contractPlan(
  open: OpenLake,
  contracts: readonly Contract[],
  filter: JudgedFilter,
  onProgress?: (line: string) => void,
): Promise<ContractPlan[]> {
  const instance = await openFileReader();
  const connection = await instance.connect();
  try {
    const plans: ContractPlan[] = [];
    for (const contract of contracts) {
      await verifyContract(connection, contract);
      const judged = await cellsOfOtherContracts(open.index, [contract], filter);
      const toll = new Toll();
      await judgeFromFiles({ open, connection, contract, toll, onProgress }, judged);
      plans.push(await planOf(open, contract, judged, toll));
    }
    return plans;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** True where a plan found something that a person should see before the contract is applied. */
export function hasFindings({ counts, untold, versionFault }: ContractPlan): boolean {
  return counts.refused > 0 || untold.length > 0 || versionFault !== null;
}

async function planOf(
  open: OpenLake,
  contract: Contract,
  judged: readonly JudgedCell[],
  toll: Toll,
): Promise<ContractPlan> {
  const before = await keptBefore(open, contract, judged);
  return {
    dataset: contract.dataset,
    version: contract.version,
    newestJudged: newestJudgedVersion(contract, judged) ?? null,
    difference: before ? contractDifference(before, contract) : null,
    versionFault: whyNotRaised(contract, judged) ?? null,
    counts: toll.counts,
    rules: toll.rules,
    untold: toll.untold,
  };
}

/** The contract that the newest judgements were made by, as the lake kept it. */
async function keptBefore(
  open: OpenLake,
  contract: Contract,
  judged: readonly JudgedCell[],
): Promise<Contract | undefined> {
  const version = newestJudgedVersion(contract, judged);
  const sha256 = judged.find(
    (cell) => cell.contractVersion === version && cell.contractSha256,
  )?.contractSha256;
  if (version === undefined || sha256 === undefined) return undefined;
  const kept = { dataset: contract.dataset, version, sha256 };
  const text = await readKeptContract(open.store, kept);
  return text === undefined ? undefined : parseContract(text, `contract ${contract.dataset} ${version}`);
}
