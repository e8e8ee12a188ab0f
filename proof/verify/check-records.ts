import { checksumOf } from '../../lake/checked-json.ts';
import { numberOfRecord, recordFile } from '../../lake/layout.ts';
import { tryParseJson } from '../../lake/json.ts';
import type { Store } from '../../lake/store.ts';
import { damage, type Finding } from './finding.ts';

/** A folder of numbered records as it was found. */
export interface CheckedRecords {
  readonly findings: readonly Finding[];
  /** The numbers of the records that are whole. */
  readonly numbers: readonly number[];
}

/** Checks a folder of numbered records: no gap, nothing else in it, and every record as it was written. */
export async function checkRecords(store: Store, folder: string): Promise<CheckedRecords> {
  const names = await store.namesIn(folder);
  const isRecord = (name: string): boolean => numberOfRecord(name) !== undefined;
  const findings = names
    .filter((name) => !isRecord(name))
    .map((name) => damage('foreign', `${folder}/${name}`, 'numbered records only', 'another name', 'record'));
  const last = Math.max(0, ...names.map((name) => numberOfRecord(name) ?? 0));
  const numbers: number[] = [];
  for (let number = 1; number <= last; number += 1) {
    const finding = await checkRecord(store, recordFile(folder, number), last);
    if (finding) findings.push(finding);
    else numbers.push(number);
  }
  return { findings, numbers };
}

async function checkRecord(store: Store, path: string, last: number): Promise<Finding | undefined> {
  const bytes = await store.get(path);
  if (!bytes) return damage('missing', path, `numbers 1 to ${last} without a gap`, 'no file', 'record');
  const checksum = checksumOf(bytes);
  if (checksum === 'right') return undefined;
  const isWhole = tryParseJson(bytes) !== undefined;
  const found = isWhole ? (checksum === 'none' ? 'no checksum' : 'another checksum') : 'no JSON';
  return damage(isWhole ? 'altered' : 'truncated', path, 'the record as it was written', found, 'record');
}
