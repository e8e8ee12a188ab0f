import { sha256 } from '../../lake/json.ts';
import type { Store } from '../../lake/store.ts';
import { damage, type Finding } from './finding.ts';

/** Checks every kept contract against the hash in its name. */
export async function checkContracts(store: Store): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const key of await store.list('contracts')) {
    const hash = /^contracts\/[^/]+\/[^/]+~([0-9a-f]{16})\.odcs\.yaml$/.exec(key)?.[1];
    const bytes = await store.get(key);
    if (hash === undefined)
      findings.push(damage('foreign', key, 'kept contracts only', 'another name', 'contract'));
    else if (bytes && sha256(bytes).slice(0, 16) !== hash)
      findings.push(damage('altered', key, `sha256 ${hash}…`, `sha256 ${sha256(bytes)}`, 'contract'));
  }
  return findings;
}
