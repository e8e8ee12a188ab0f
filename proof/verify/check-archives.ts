import { readArchiveRecords, type ArchiveRecord } from '../../lake/archive/archive-records.ts';
import { hashOfFile } from '../../lake/archive/pack.ts';
import { archiveManifestFile, archiveOfFile } from '../../lake/layout.ts';
import { hashOf } from '../../lake/promise.ts';
import type { Store } from '../../lake/store.ts';
import { damage, foreign, type Finding } from './finding.ts';

/**
 * Checks every archive against the hash in its record, the list of members beside it, and that nothing else lies
 * there. The members themselves are checked with the batches and publications to which they belong.
 */
export async function checkArchives(store: Store): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const record of await readArchiveRecords(store)) {
    const list = archiveManifestFile(record.archive);
    known.add(record.archive).add(list);
    const finding = await checkArchive(store, record);
    if (finding) findings.push(finding);
    const hash = await hashOf(store, list);
    if (hash === record.manifestSha256) continue;
    const expected = `the list of the members of ${record.archive}, sha256 ${record.manifestSha256}`;
    const [kind, found] =
      hash === undefined ? (['missing', 'no file'] as const) : (['altered', `sha256 ${hash}`] as const);
    const remedy = { remedy: 'restore-archive-list', archive: record.archive } as const;
    findings.push(damage(kind, list, expected, found, 'archiveList', remedy));
  }
  for (const key of await store.list('archive')) if (!known.has(key)) findings.push(unrecorded(key));
  return findings;
}

async function checkArchive(store: Store, record: ArchiveRecord): Promise<Finding | undefined> {
  const { archive, sha256, sizeBytes, memberCount } = record;
  const expected = `an archive of ${memberCount} files, sha256 ${sha256}`;
  const size = await store.sizeOf(archive);
  if (size === undefined) return damage('missing', archive, expected, 'no file', 'archive');
  const hash = await hashOfFile(store.pathOf(archive));
  if (hash === sha256) return undefined;
  const kind = size < sizeBytes ? 'truncated' : 'altered';
  return damage(kind, archive, expected, `${size} bytes, sha256 ${hash}`, 'archive');
}

/** What a run that was killed has written; anything else is nobody's. */
function unrecorded(path: string): Finding {
  const archive = path.replace(/manifest\.json$/, 'zip');
  if (!archiveOfFile(archive)) return foreign(path);
  return {
    kind: 'leftover',
    path,
    expected: 'a record of this archive',
    found: 'none yet',
    advice: 'npx tsx client/retention.ts reads it back and records it',
    isDamage: false,
    remedy: { remedy: 'none' },
  };
}
