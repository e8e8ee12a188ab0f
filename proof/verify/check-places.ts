import { candidateOfFile } from '../../lake/layout.ts';
import { sha256 } from '../../lake/json.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { deadWrites } from '../../lake/recover.ts';
import { damage, foreign, type Finding } from './finding.ts';
import { cellTrees } from './check-ticker.ts';

/** Every name that a lake has at its root. */
const rootNames = new Set([
  ...['lake.json', 'runtime.json', 'incoming', 'staging', 'candidates', 'refused', 'audits', 'records'],
  ...['bronze', 'superseded', 'contracts', 'report', 'pending', 'leases', 'logs', 'temporal.db'],
  ...['compact', 'archive'],
]);
const rootFamilies = /^(index|warehouse)[.\w-]*$|^temporal\.db[-\w]*$/;

/** Finds what lies where nothing of the lake's lies. */
export async function checkPlaces(store: LocalStore): Promise<Finding[]> {
  const strangers = (await store.namesIn('.')).filter(
    (name) => !rootNames.has(name) && !rootFamilies.test(name),
  );
  const findings = strangers.map((name) => ({ ...foreign(name), isDamage: false }));
  for (const tree of cellTrees)
    for (const path of await strayFolders(store, tree))
      findings.push(
        tree.startsWith('records') || tree === 'audits'
          ? { ...foreign(path), remedy: { remedy: 'none' } }
          : foreign(path),
      );
  for (const key of await store.list('refused/foreign')) {
    const hash = key.split('/')[2] ?? '';
    const bytes = await store.get(key);
    if (bytes && sha256(bytes).slice(0, 16) !== hash)
      findings.push(damage('altered', key, `sha256 ${hash}…`, `sha256 ${sha256(bytes)}`, 'refused'));
  }
  return findings;
}

/** Names above a ticker's folder that are no keys. */
async function strayFolders(store: LocalStore, tree: string): Promise<string[]> {
  const stray: string[] = [];
  const known = tree === 'refused' ? new Set(['raw', 'foreign']) : new Set<string>();
  const look = async (folder: string, prefixes: readonly string[]): Promise<void> => {
    const [prefix, ...deeper] = prefixes;
    if (prefix === undefined) return;
    for (const name of await store.namesIn(folder)) {
      if (name.startsWith(prefix)) await look(`${folder}/${name}`, deeper);
      else if (folder !== tree || !known.has(name)) stray.push(`${folder}/${name}`);
    }
  };
  await look(tree, ['source=', 'resource=', 'ticker=']);
  return stray;
}

/** Finds remains of writers. All are normal while a run is on, but for those of processes that are gone. */
export async function checkLeftovers(store: LocalStore, now: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const path of await deadWrites(store, now))
    findings.push(
      leftover(path, 'its writer is gone', 'npx tsx client/verify.ts --repair removes it', 'remove'),
    );
  const waiting = 'normal while a run is on; else a worker removes it when it starts';
  for (const path of await store.list('candidates'))
    findings.push(
      candidateOfFile(path) ? leftover(path, 'a candidate that is not published', waiting) : foreign(path),
    );
  for (const name of await store.namesIn('incoming'))
    findings.push(leftover(`incoming/${name}`, 'raw pages that are not sealed', waiting));
  return findings;
}

function leftover(path: string, found: string, advice: string, remedy: 'remove' | 'none' = 'none'): Finding {
  return {
    kind: 'leftover',
    path,
    expected: 'nothing, when no run is on',
    found,
    advice,
    isDamage: false,
    remedy: { remedy },
  };
}
