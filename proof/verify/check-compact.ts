import { compactFiles, wholeParts } from '../../lake/compact-files.ts';
import type { Store } from '../../lake/store.ts';
import { damage, type Finding } from './finding.ts';

/**
 * Checks every compact file against the list of its parts. Derived: what is wrong is removed, and made anew where it
 * pays.
 */
export async function checkCompact(store: Store): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const { file } of compactFiles(store)) {
    if (await wholeParts(store, file)) continue;
    const expected = 'a compact file as the list of its parts says';
    findings.push(
      damage('altered', file, expected, 'other bytes, or no such list', 'derived', { remedy: 'remove' }),
    );
  }
  return findings;
}
