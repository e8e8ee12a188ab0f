import { readKept } from '../../lake/archive/archives.ts';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile, cellRecordsFolder, recordFile, supersededFile } from '../../lake/layout.ts';
import { readAudit, type KeptAudit } from '../../lake/audits.ts';
import { isPublication, wasCarriedOut, type PublicationRecord } from '../../lake/publication-files.ts';
import { readCellRecord, type CellRecord, type Numbered } from '../../lake/records.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import type { BatchRef } from '../../workflows/pure/run.ts';
import type { ProofLake } from '../proof-lake.ts';
import { orWords } from '../or-words.ts';
import { checkRecords } from './check-records.ts';
import { damage, type Finding, type Remedy } from './finding.ts';

/** A published file that is what its record says, to be audited again. */
export interface SoundFile {
  readonly cell: CellKey;
  readonly file: string;
  readonly contract: { readonly version: string; readonly sha256: string };
  readonly audit: KeptAudit;
  readonly auditFile: string;
}

/** One cell as it was found. */
export interface CheckedCell {
  readonly findings: readonly Finding[];
  readonly cell: CellKey;
  /** False where a record is gone or altered: then nobody knows which files it named. */
  readonly isReadable: boolean;
  /** The files that its records explain. */
  readonly explained: readonly string[];
  readonly batches: readonly { readonly source: string; readonly batch: BatchRef; readonly record: string }[];
  readonly sound: SoundFile | undefined;
}

/** Checks one cell: its records, and every file that they name. */
export async function checkCell(lake: ProofLake, cell: CellKey): Promise<CheckedCell> {
  const folder = cellRecordsFolder(cell);
  const { findings: inRecords, numbers } = await checkRecords(lake.store, folder);
  const findings = [...inRecords];
  const history: Numbered<CellRecord>[] = [];
  for (const number of numbers) {
    const record = await readCellRecord(lake.store, folder, number);
    history.push({ number, record });
  }
  const publications = history.filter(isPublication);
  findings.push(...checkOrder(cell, publications));
  const audits = new Map<number, KeptAudit>();
  for (const entry of history) {
    const { audit, found } = await checkAudit(lake, cell, entry);
    findings.push(...found);
    if (audit) audits.set(entry.number, audit);
  }
  const current = publications.at(-1);
  const inBronze = current && (await checkPublished(lake, cell, current, publications));
  if (inBronze?.finding) findings.push(inBronze.finding);
  for (const past of publications.slice(0, -1)) {
    const isStillThere = inBronze?.hash === past.record.sha256 && inBronze?.finding !== undefined;
    if (!isStillThere && wasCarriedOut(past, publications))
      findings.push(...(await checkSuperseded(lake, cell, past)));
  }
  for (const publication of publications) findings.push(...(await checkContract(lake, cell, publication)));
  return {
    findings,
    cell,
    isReadable: inRecords.length === 0,
    explained: [
      ...(current ? [bronzeFile(cell)] : []),
      ...publications.slice(0, -1).map(({ number }) => supersededFile(cell, number)),
    ],
    batches: history.flatMap(({ number, record }) =>
      record.batch
        ? [
            {
              source: splitDataset(cell.dataset).source,
              batch: record.batch,
              record: recordFile(folder, number),
            },
          ]
        : [],
    ),
    sound: current && !inBronze?.finding ? soundFile(cell, current, audits.get(current.number)) : undefined,
  };
}

function soundFile(
  cell: CellKey,
  { record }: PublicationRecord,
  audit: KeptAudit | undefined,
): SoundFile | undefined {
  const { contractVersion: version, contractSha256, audit: auditFile } = record;
  if (!audit || version === undefined || contractSha256 === undefined || auditFile === undefined)
    return undefined;
  return { cell, file: bronzeFile(cell), contract: { version, sha256: contractSha256 }, audit, auditFile };
}

/** A record can replace only what an earlier one published. */
function checkOrder(cell: CellKey, publications: readonly PublicationRecord[]): Finding[] {
  return publications.flatMap(({ number, record }) => {
    const { supersedes } = record;
    if (!supersedes) return [];
    const replaced = publications.find((other) => other.number === supersedes.number);
    if (supersedes.number < number && replaced?.record.sha256 === supersedes.sha256) return [];
    const path = recordFile(cellRecordsFolder(cell), number);
    const found = `it replaces record ${supersedes.number}, which published no such file before it`;
    return [damage('disagrees', path, 'numbers in order', found, 'record')];
  });
}

async function checkAudit(
  lake: ProofLake,
  cell: CellKey,
  { number, record }: Numbered<CellRecord>,
): Promise<{ audit?: KeptAudit; found: Finding[] }> {
  if (record.audit === undefined) return { found: [] };
  const path = record.audit;
  const expected = `the audit that record ${number} of ${cell.ticker} ${cell.date} names`;
  const read = await readAudit(lake.store, path, cell);
  if (read.outcome !== 'right') {
    const kind = read.outcome === 'gone' ? 'missing' : 'altered';
    return { found: [damage(kind, path, expected, read.found, 'audit')] };
  }
  const { audit } = read;
  const found: Finding[] = [];
  if (record.event === 'published' && audit.candidateSha256 !== record.sha256)
    found.push(damage('disagrees', path, expected, 'the audit of another file', 'audit'));
  if (audit.keptAt !== undefined && record.event === 'refused')
    found.push(...(await checkRefused(lake, audit.keptAt, audit.candidateSha256, path)));
  return { audit, found };
}

async function checkRefused(lake: ProofLake, path: string, hash: string, audit: string): Promise<Finding[]> {
  const bytes = await lake.store.get(path);
  if (bytes && sha256(bytes) === hash) return [];
  const expected = `the refused candidate that ${audit} names, sha256 ${hash}`;
  return [damage(bytes ? 'altered' : 'missing', path, expected, foundOf(bytes), 'refused')];
}

async function checkPublished(
  lake: ProofLake,
  cell: CellKey,
  { number, record }: PublicationRecord,
  history: readonly PublicationRecord[],
): Promise<{ hash: string | undefined; finding?: Finding }> {
  const path = bronzeFile(cell);
  const bytes = await lake.store.get(path);
  const hash = bytes && sha256(bytes);
  if (hash === record.sha256) return { hash };
  const earlier = history.find((other) => other.record.sha256 === hash);
  const found = bytes && earlier ? `the file of record ${earlier.number}, not replaced yet` : foundOf(bytes);
  const expected = `the file of record ${number}, sha256 ${record.sha256 ?? 'unknown'}`;
  const remedy: Remedy = { remedy: 'restore-published', cell };
  const kind = earlier ? 'disagrees' : kindOf(bytes, record);
  return { hash, finding: damage(kind, path, expected, found, 'published', remedy) };
}

async function checkSuperseded(
  lake: ProofLake,
  cell: CellKey,
  { number, record }: PublicationRecord,
): Promise<Finding[]> {
  const path = supersededFile(cell, number);
  const kept = await orWords(readKept(lake.store, path));
  const expected = `the file of record ${number}, which was replaced, sha256 ${record.sha256 ?? 'unknown'}`;
  const remedy: Remedy = { remedy: 'restore-superseded', cell, number };
  if (typeof kept === 'string') return [damage('altered', path, expected, kept, 'superseded', remedy)];
  const bytes = kept?.bytes;
  if (bytes && sha256(bytes) === record.sha256) return [];
  return [damage(kindOf(bytes, record), path, expected, foundOf(bytes), 'superseded', remedy)];
}

async function checkContract(
  lake: ProofLake,
  cell: CellKey,
  { record }: PublicationRecord,
): Promise<Finding[]> {
  const { contractVersion: version, contractSha256 } = record;
  if (version === undefined || contractSha256 === undefined) return [];
  const shelved = await lake.contracts.find({ dataset: cell.dataset, version, sha256: contractSha256 });
  if (shelved.outcome === 'found') return [];
  const kind = shelved.outcome === 'gone' ? 'missing' : 'altered';
  const expected = `the contract ${version} of ${cell.dataset}, sha256 ${contractSha256}`;
  return [damage(kind, shelved.file, expected, shelved.found, 'contract')];
}

function kindOf(
  bytes: Uint8Array | undefined,
  { sizeBytes }: CellRecord,
): 'missing' | 'truncated' | 'altered' {
  if (!bytes) return 'missing';
  return sizeBytes !== undefined && bytes.byteLength < sizeBytes ? 'truncated' : 'altered';
}

function foundOf(bytes: Uint8Array | undefined): string {
  return bytes ? `${bytes.byteLength} bytes, sha256 ${sha256(bytes)}` : 'no file';
}
