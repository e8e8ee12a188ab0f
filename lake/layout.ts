import { datasetId, splitDataset, type CellKey, type DatasetId } from '../workflows/pure/cell.ts';

/**
 * Where things lie: every path below the lake's root, always with forward slashes. The keys of a cell
 * stand in its path, percent-encoded, so that any engine reads a folder as one Hive-partitioned table.
 */

const numberWidth = 6;
const words = new Set(['NULL', '__HIVE_DEFAULT_PARTITION__']);

/**
 * Encodes a text as one path segment: everything outside `[A-Za-z0-9._-]` becomes `%XX`. The names that
 * engines or file systems read as something else (`NULL`, `.`, `..`) have their first character encoded.
 */
export function encodeSegment(text: string): string {
  if (text === '') throw new RangeError('An empty text cannot be a path segment');
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.toString('utf8') !== text) {
    throw new RangeError(
      `${JSON.stringify(text)} holds half a character: it would share its path with others`,
    );
  }
  const encoded = [...bytes].map(encodeByte).join('');
  return words.has(text.toUpperCase()) || /^\.+$/.test(text) || text.startsWith('.')
    ? hex(encoded.charCodeAt(0)) + encoded.slice(1)
    : encoded;
}

/** Decodes what `encodeSegment` made. */
export function decodeSegment(segment: string): string {
  return decodeURIComponent(segment);
}

/** Decodes a name that anybody may have made; undefined where `encodeSegment` never makes it. */
export function readSegment(segment: string): string | undefined {
  try {
    const text = decodeSegment(segment);
    return encodeSegment(text) === segment ? text : undefined;
  } catch (error) {
    if (error instanceof URIError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return byte < 128 && /[A-Za-z0-9._-]/.test(character) ? character : hex(byte);
}

function hex(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** `source=S/resource=R` of a dataset. */
export function datasetSegments(dataset: DatasetId): string {
  const { source, resource } = splitDataset(dataset);
  return `source=${encodeSegment(source)}/resource=${encodeSegment(resource)}`;
}

/** `source=S/resource=R/ticker=T/date=D` of a cell. */
export function cellSegments(cell: CellKey): string {
  return `${datasetSegments(cell.dataset)}/ticker=${encodeSegment(cell.ticker)}/date=${encodeSegment(cell.date)}`;
}

const cellPattern = /source=([^/]+)\/resource=([^/]+)\/ticker=([^/]+)\/date=([^/~]+)/;

/** Reads a cell's keys back from any path that names them; undefined where there are none. */
export function cellOfPath(path: string): CellKey | undefined {
  const [source, resource, ticker, date] = cellPattern.exec(path)?.slice(1).map(readSegment) ?? [];
  if (!source || !resource || !ticker || !date || source.includes('.')) return undefined;
  return { dataset: datasetId(source, resource), ticker, date };
}

/** A cell's published data; its folder holds this file and nothing else. */
export function bronzeFile(cell: CellKey): string {
  return `bronze/${cellSegments(cell)}/data.parquet`;
}

/** Where a replaced file is kept: by the number of the record that published it. */
export function supersededFile(cell: CellKey, number: number): string {
  return `superseded/${cellSegments(cell)}/${numberName(number)}.parquet`;
}

/**
 * One attempt's candidate. `attemptId` begins with the workflow's run id, so attempts never share a file. All
 * lie in one folder, which thus is made once and leaves nothing behind.
 */
export function candidateFile(
  { dataset, ticker, date }: CellKey,
  attemptId: string,
  monthOfBatch?: string,
): string {
  const parts = [dataset, ticker, date, attemptId, ...(monthOfBatch === undefined ? [] : [monthOfBatch])];
  return `candidates/${parts.map(encodeSegment).join('~')}.parquet`;
}

/** Whose a candidate is: its cell's workflow, or, with a batch's id or a lot's mark, that of many cells of that batch. */
export interface CandidateName {
  readonly cell: CellKey;
  readonly attemptId: string;
  readonly monthOfBatch?: string;
}

/** Reads the cell and the attempt back from a candidate's file; undefined for any other file. */
export function candidateOfFile(key: string): CandidateName | undefined {
  const parts = /^candidates\/([^/]+)\.parquet$/.exec(key)?.[1]?.split('~').map(readSegment) ?? [];
  const [dataset, ticker, date, attemptId, monthOfBatch] = parts;
  if (!dataset || !ticker || !date || !attemptId || !/^[^.]+\../.test(dataset)) return undefined;
  if (parts.length > 5 || (parts.length === 5 && !monthOfBatch)) return undefined;
  return { cell: { dataset, ticker, date }, attemptId, ...(monthOfBatch ? { monthOfBatch } : {}) };
}

/** Where a refused candidate is kept for inspection. */
export function refusedFile(cell: CellKey, attemptId: string): string {
  return `refused/${cellSegments(cell)}/${encodeSegment(attemptId)}.parquet`;
}

/** Where a file that no record names is set aside; two that lay in one place keep apart by their hash. */
export function foreignFile(key: string, sha256: string): string {
  return `refused/foreign/${sha256.slice(0, 16)}/${key}`;
}

/** One attempt's verdict. All of a ticker lie in one folder: a folder for each would cost as much as the file. */
export function auditFile({ dataset, ticker, date }: CellKey, attemptId: string): string {
  const name = [date, attemptId].map(encodeSegment).join('~');
  return `audits/${datasetSegments(dataset)}/ticker=${encodeSegment(ticker)}/date=${name}.json`;
}

/** The verdicts of one attempt over a month of one ticker, one a line, beside those of single cells. */
export function monthAuditFile(
  { dataset, ticker }: Omit<CellKey, 'date'>,
  month: string,
  attemptId: string,
): string {
  const name = [month, attemptId].map(encodeSegment).join('~');
  return `audits/${datasetSegments(dataset)}/ticker=${encodeSegment(ticker)}/month=${name}.json`;
}

/** The folder of a cell's numbered records. */
export function cellRecordsFolder(cell: CellKey): string {
  return `records/cells/${cellSegments(cell)}`;
}

/** The folder of a run's numbered records and plan pages. */
export function runRecordsFolder(run: string): string {
  return `records/runs/${encodeSegment(run)}`;
}

/** The folder of a window's numbered records. */
export function windowRecordsFolder(window: string): string {
  return `records/windows/${encodeSegment(window)}`;
}

/** The folder of an alert's numbered records: what was told, to whom, and what became of it. */
export function alertRecordsFolder(kind: string, key: string): string {
  return `records/alerts/${encodeSegment(kind)}/${encodeSegment(key)}`;
}

/** The folder of the records of closed days that a run's plan found, many cells in each. */
export function closedRecordsFolder(run: string): string {
  return `records/closed/${encodeSegment(run)}`;
}

/** The file of record `number` in a folder of records: `000001.json` is the first. */
export function recordFile(folder: string, number: number): string {
  return `${folder}/${numberName(number)}.json`;
}

/** Reads the number of a record from its file name; undefined for any other file. */
export function numberOfRecord(name: string): number | undefined {
  const match = /^(\d{6,})\.json$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** One page of what one execution of a run set out to do; pages count from 0. */
export function planPageFile(run: string, workflowRunId: string, page: number): string {
  return `records/plans/${encodeSegment(run)}/${encodeSegment(workflowRunId)}/${numberName(page)}.json`;
}

/** The folder in which a batch's raw pages are collected. */
export function incomingFolder(batchId: string): string {
  return `incoming/${encodeSegment(batchId)}`;
}

/** The folder of a sealed batch. `ingestionDate` is the UTC day on which its first page was fetched. */
export function stagingFolder(source: string, ingestionDate: string, batchId: string): string {
  return `staging/source=${encodeSegment(source)}/ingestion_date=${encodeSegment(ingestionDate)}/batch_id=${encodeSegment(batchId)}`;
}

/** The raw bytes of page `index` (from 0): `raw.json` is the first, `raw-0001.json` the second. */
export function pageFile(folder: string, index: number): string {
  return index === 0 ? `${folder}/raw.json` : `${folder}/raw-${String(index).padStart(4, '0')}.json`;
}

/** The kept file of one version of a contract; two that claim one version keep apart by their hash. */
export function keptContractFile(dataset: DatasetId, version: string, sha256: string): string {
  return `contracts/${encodeSegment(dataset)}/${encodeSegment(version)}~${sha256.slice(0, 16)}.odcs.yaml`;
}

/** Raw answers that were no data, kept for inspection. */
export function refusedRawFile(batchId: string, attemptId: string): string {
  return `refused/raw/${encodeSegment(batchId)}/${encodeSegment(attemptId)}.body`;
}

/** What is packed away once it is old. */
export const archivedKinds = ['staging', 'superseded'] as const;

/** Files that are packed together: of one source, from one month of ingestion or, once replaced, of trading days. */
export interface ArchiveGroup {
  readonly kind: (typeof archivedKinds)[number];
  readonly source: string;
  /** `YYYY-MM`. */
  readonly month: string;
}

/** The folder of the archives of one kind and source. */
export function archiveFolder({ kind, source }: Omit<ArchiveGroup, 'month'>): string {
  return `archive/${kind}/source=${encodeSegment(source)}`;
}

/** The archive of a group; what came later than the first one (generation 1) lies in further ones. */
export function archiveFile(group: ArchiveGroup, generation: number): string {
  return `${archiveFolder(group)}/${group.month}${generation === 1 ? '' : `.${generation}`}.zip`;
}

/** The list of an archive's members, beside it; its copy inside has the same name. */
export function archiveManifestFile(archive: string): string {
  return archive.replace(/zip$/, 'manifest.json');
}

/** The folder of a group's numbered records: record 2 is about generation 2. */
export function archiveRecordsFolder({ kind, source, month }: ArchiveGroup): string {
  return `records/archives/${kind}~${encodeSegment(source)}~${month}`;
}

/** Reads group and generation back from an archive's file; undefined for any other file. */
export function archiveOfFile(
  key: string,
): { readonly group: ArchiveGroup; readonly generation: number } | undefined {
  const [, kindName, segment = '', month, digits = '1'] =
    /^archive\/([^/]+)\/source=([^/]+)\/(\d{4}-\d{2})(?:\.(\d+))?\.zip$/.exec(key) ?? [];
  const kind = archivedKinds.find((each) => each === kindName);
  const source = readSegment(segment);
  if (!kind || !source || !month) return undefined;
  const group = { kind, source, month };
  return archiveFile(group, Number(digits)) === key ? { group, generation: Number(digits) } : undefined;
}

/** The group in whose archives a file would lie; undefined where its kind is never packed away. */
export function archiveGroupOf(key: string): ArchiveGroup | undefined {
  if (key.startsWith('superseded/')) {
    const cell = cellOfPath(key);
    const month = /^\d{4}-\d{2}(?=-\d{2}$)/.exec(cell?.date ?? '')?.[0];
    return cell && month
      ? { kind: 'superseded', source: splitDataset(cell.dataset).source, month }
      : undefined;
  }
  const [, segment = '', month] =
    /^staging\/source=([^/]+)\/ingestion_date=(\d{4}-\d{2})-\d{2}\//.exec(key) ?? [];
  const source = readSegment(segment);
  return source && month ? { kind: 'staging', source, month } : undefined;
}

/** The published rows of one ticker and year in one file: derived, for whoever reads many cells at once. */
export function compactFile({ dataset, ticker }: Omit<CellKey, 'date'>, year: number): string {
  return `compact/${datasetSegments(dataset)}/ticker=${encodeSegment(ticker)}/year=${year}.parquet`;
}

/** What a compact file is made of, beside it. */
export function compactPartsFile(file: string): string {
  return file.replace(/parquet$/, 'parts.json');
}

function numberName(number: number): string {
  return String(number).padStart(numberWidth, '0');
}
