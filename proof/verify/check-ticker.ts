import { cellOfPath, cellSegments } from '../../lake/layout.ts';
import { readAudits } from '../../lake/audits.ts';
import { keysIn } from '../../lake/cells-with-records.ts';
import type { ProofLake } from '../proof-lake.ts';
import { inParallel } from '../in-parallel.ts';
import { checkCell, type CheckedCell } from './check-cell.ts';
import { damage, foreign, type Finding } from './finding.ts';

const cellsAtOnce = 8;

/** A file of one cell's verdict, or of those of its month. */
const auditName = /\/(?:date|month)=[^/~]+~[^/~]+\.json$/;

/** The trees of a lake that are laid out by cell. */
export const cellTrees = ['records/cells', 'bronze', 'superseded', 'refused', 'audits'] as const;

/** All cells of one ticker as they were found. */
export interface CheckedTicker {
  readonly findings: readonly Finding[];
  readonly cells: readonly CheckedCell[];
}

/**
 * Checks every cell of one ticker, then that its folders hold nothing that no record or audit explains.
 * @param segments `source=S/resource=R/ticker=T`.
 */
export async function checkTicker(lake: ProofLake, segments: string): Promise<CheckedTicker> {
  const cells: CheckedCell[] = [];
  await inParallel(await cellsOf(lake, segments), cellsAtOnce, async (cell) => {
    cells.push(await checkCell(lake, cell));
  });
  const findings = cells.flatMap((cell) => cell.findings);
  const explained = new Set(cells.flatMap((cell) => cell.explained));
  const known = new Set(findings.map(({ path }) => path));
  const audits = await checkAudits(lake, segments, explained);
  findings.push(...audits.filter(({ path }) => !known.has(path)));
  // What a damaged record or audit named is not foreign: nobody knows.
  const unknown = new Set(
    cells.filter(({ isReadable }) => !isReadable).map(({ cell }) => cellSegments(cell)),
  );
  const isTold = findings.every(({ path }) => !path.startsWith('audits/'));
  for (const tree of ['bronze', 'superseded', ...(isTold ? ['refused'] : [])])
    for (const key of await lake.store.list(`${tree}/${segments}`))
      if (!explained.has(key) && !unknown.has(key.split('/').slice(1, 5).join('/')))
        findings.push(foreign(key));
  findings.push(...(await strayNames(lake, segments)));
  return { findings, cells };
}

async function cellsOf(
  { store }: ProofLake,
  segments: string,
): Promise<NonNullable<ReturnType<typeof cellOfPath>>[]> {
  const dates = await keysIn(store, `records/cells/${segments}`, 'date');
  return dates.flatMap(({ folder }) => cellOfPath(folder) ?? []);
}

/** An audit that no record names is normal: its attempt died. It must be whole all the same, and explains what it refused. */
async function checkAudits(lake: ProofLake, segments: string, explained: Set<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  await inParallel(await lake.store.list(`audits/${segments}`), cellsAtOnce, async (key) => {
    if (!auditName.test(key)) {
      findings.push(damage('foreign', key, 'audits only', 'another name', 'audit'));
      return;
    }
    for (const { read } of await readAudits(lake.store, key)) {
      if (read.outcome === 'altered')
        findings.push(damage('altered', key, 'the audit as it was written', read.found, 'audit'));
      if (read.outcome === 'right' && read.audit.keptAt !== undefined) explained.add(read.audit.keptAt);
    }
  });
  return findings;
}

/** Records lie in folders of dates, and nothing beside them. */
async function strayNames({ store }: ProofLake, segments: string): Promise<Finding[]> {
  const folder = `records/cells/${segments}`;
  const dates = new Set((await keysIn(store, folder, 'date')).map((date) => date.folder));
  const names = (await store.namesIn(folder)).map((name) => `${folder}/${name}`);
  return names
    .filter((path) => !dates.has(path))
    .map((path) => damage('foreign', path, 'folders of dates only', 'another name', 'record'));
}
