import type { Contract } from '../../contracts/contract.ts';
import { ContractError } from '../../contracts/contract-error.ts';
import { compareVersions } from '../../contracts/version.ts';
import type { JudgedCell } from '../../plan/judged-again.ts';

/** The newest version under which cells of a contract's dataset were judged; undefined where none were. */
export function newestJudgedVersion(contract: Contract, judged: readonly JudgedCell[]): string | undefined {
  return judged
    .filter(({ dataset }) => dataset === contract.dataset)
    .map(({ contractVersion }) => contractVersion)
    .sort(compareVersions)
    .at(-1);
}

/** Says what is wrong with a changed contract's version; undefined where it was raised, or where nothing was judged. */
export function whyNotRaised(contract: Contract, judged: readonly JudgedCell[]): string | undefined {
  const newest = newestJudgedVersion(contract, judged);
  if (newest === undefined || compareVersions(contract.version, newest) > 0) return undefined;
  const found =
    newest === contract.version
      ? `its file has changed since cells were judged by version ${newest}, and its version is still ${newest}`
      : `it has version ${contract.version}, and cells were judged by ${newest} already`;
  return `The contract of ${contract.dataset}: ${found}. Raise its version above ${newest}, so that files and records tell by which they were judged.`;
}

/** @throws ContractError `VersionNotRaised` where a changed contract has a version that is taken. */
export function mustBeRaised(contract: Contract, judged: readonly JudgedCell[]): void {
  const why = whyNotRaised(contract, judged);
  if (why !== undefined) throw new ContractError('VersionNotRaised', why);
}
