import { whyNotAcceptable, whyNotCovered } from '../contracts/acceptance.ts';
import type { Verdict } from '../contracts/verdict.ts';
import { standingAcceptance, type RecordedAcceptance } from '../lake/acceptance-record.ts';
import type { Candidate } from '../lake/publish.ts';
import { readCellRecords } from '../lake/records.ts';
import { utcDateOf, type CellKey } from '../workflows/pure/cell.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** What a person's word does for a refused candidate. */
export type Accepted =
  | { readonly kind: 'none' }
  | { readonly kind: 'covered'; readonly acceptance: RecordedAcceptance }
  /** Somebody accepted something of this cell, but not this. */
  | { readonly kind: 'not-covered'; readonly sentence: string };

/** Looks whether a person accepted just what an audit refused. Nothing else lets a refused candidate through. */
export async function acceptedByPerson(
  deps: ActivityDeps,
  task: CellKey & { readonly candidate: Candidate },
  verdict: Verdict,
): Promise<Accepted> {
  const { contract } = datasetParts(deps, task.dataset);
  const acceptance = standingAcceptance(await readCellRecords(deps.store, task));
  if (!acceptance) return { kind: 'none' };
  const judged = {
    contentSha256: task.candidate.contentSha256 ?? '',
    contractVersion: contract.version,
    contractSha256: contract.sha256,
  };
  const why =
    whyNotCovered(acceptance, judged, verdict, utcDateOf(deps.now().getTime())) ??
    whyNotAcceptable(verdict, contract);
  if (why === undefined) return { kind: 'covered', acceptance };
  const sentence = `It was accepted on ${acceptance.recordedAt.slice(0, 10)} (${acceptance.reason}), but ${why}: the question is asked again`;
  return { kind: 'not-covered', sentence };
}
