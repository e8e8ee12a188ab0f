import type { Acceptance } from '../contracts/acceptance.ts';
import { LakeError } from './lake-error.ts';
import type { CellRecord, Numbered } from './records.ts';

/** What a person accepted of a cell, by the record that says so. */
export interface RecordedAcceptance extends Acceptance {
  readonly number: number;
  readonly reason: string;
  readonly recordedAt: string;
}

/** Finds what a person accepted last of a cell; undefined where nobody did, or where it was withdrawn since. */
export function standingAcceptance(records: readonly Numbered<CellRecord>[]): RecordedAcceptance | undefined {
  const newest = records.findLast(
    ({ record }) => record.event === 'accepted' || record.event === 'withdrawn',
  );
  return newest?.record.event === 'accepted' ? acceptanceOf(newest) : undefined;
}

/** Reads an acceptance out of its record. */
export function acceptanceOf({ number, record }: Numbered<CellRecord>): RecordedAcceptance {
  const { rules, reason, contentSha256, contractSha256, contractVersion, livesUntil, recordedAt } = record;
  if (
    record.event !== 'accepted' ||
    !rules ||
    reason === undefined ||
    contentSha256 === undefined ||
    contractSha256 === undefined ||
    contractVersion === undefined ||
    livesUntil === undefined
  ) {
    throw new LakeError(
      'LakeDamaged',
      `Record ${number} of a cell is no whole acceptance. Records are never changed: restore it from a backup, or accept the cell anew.`,
    );
  }
  return {
    ...{ number, reason, recordedAt, rules, livesUntil },
    ...{ contentSha256, contractSha256, contractVersion },
  };
}
