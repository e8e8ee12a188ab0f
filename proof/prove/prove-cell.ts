import { readKept, type KeptFile } from '../../lake/archive/archives.ts';
import { withLocalFile } from '../../lake/archive/local-copy.ts';
import { sha256 } from '../../lake/json.ts';
import { readAudit } from '../../lake/audits.ts';
import { readManifest } from '../../lake/batches.ts';
import { bronzeFile, cellRecordsFolder, recordFile, stagingFolder } from '../../lake/layout.ts';
import { readPublishedFile, type PublicationRecord } from '../../lake/publication-files.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import { orWords } from '../or-words.ts';
import type { ProofLake } from '../proof-lake.ts';
import { rebuildPublication, type NotRebuilt, type RebuiltPublication } from '../rebuild-publication.ts';
import { excerptOf } from './excerpt.ts';
import { broken, sound, type Link } from './link.ts';
import { priceInFile, type PriceInFile } from './close-in-file.ts';
import type { WarehouseNumber } from './warehouse-number.ts';

/** What is to be proved. */
export interface ProofSubject {
  readonly cell: CellKey;
  readonly publication: PublicationRecord;
  /** The close that the warehouse shows; null where the warehouse takes its price from another dataset. */
  readonly number: WarehouseNumber | null;
}

/**
 * Goes from the number in the warehouse back to the request that brought it, looks at every file in between, and
 * makes the published file again from the raw answer. A broken link is told, and the others are looked at all the same.
 */
export async function proveCell(lake: ProofLake, subject: ProofSubject): Promise<Link[]> {
  const { cell, publication } = subject;
  const rebuilt = await rebuildPublication(lake, cell, publication);
  const { link: file, price } = await fileLink(lake, subject);
  return [
    numberLink(subject, price?.value),
    file,
    recordLink(subject),
    await auditLink(lake, subject),
    await contractLink(lake, subject),
    ...(await batchLinks(lake, subject, rebuilt, price?.name ?? 'close')),
    rebuiltLink(subject, rebuilt),
  ];
}

function numberLink({ cell, number, publication }: ProofSubject, close: number | undefined): Link {
  if (number === null)
    return sound('number', 'marts.fct_daily_prices takes no price of this cell from this dataset');
  const shown = `close ${number.close}${number.currency === null ? '' : ` ${number.currency}`}`;
  const line = `marts.fct_daily_prices says: ${cell.ticker} ${shown}, observed on ${number.observedDate}`;
  const batch = publication.record.batch?.id;
  if (number.batchId !== batch)
    return broken('number', line, `it names batch ${number.batchId}, the publication ${batch ?? 'none'}`);
  if (close === undefined || close === number.close) return sound('number', line);
  return broken('number', line, `the published file says ${close}`);
}

async function fileLink(
  lake: ProofLake,
  { cell, publication }: ProofSubject,
): Promise<{ link: Link; price?: PriceInFile }> {
  const { record } = publication;
  const wanted = `sha256 ${record.sha256 ?? 'unknown'}, as record ${publication.number} says`;
  const file = await orWords(readPublishedFile(lake.store, cell, publication));
  if (typeof file === 'string') return { link: broken('file', file) };
  if (!file) return { link: broken('file', `no file has ${wanted}; it belongs at ${bronzeFile(cell)}`) };
  const price = await withLocalFile(lake.store, file, priceInFile);
  const lines = [
    withArchive(file.place, file),
    `${file.bytes.byteLength} bytes, ${wanted}; its ${price.name} is ${price.value ?? 'not there'}`,
  ];
  return { link: sound('file', ...lines), price };
}

function recordLink({ cell, publication: { number, record } }: ProofSubject): Link {
  const replaced = record.supersedes ? `; it replaced record ${record.supersedes.number}` : '';
  return sound(
    'record',
    recordFile(cellRecordsFolder(cell), number),
    `${record.event} at ${record.recordedAt} by ${record.workflowId ?? 'nobody known'} for ${record.run}${replaced}`,
  );
}

async function auditLink(lake: ProofLake, { cell, publication: { record } }: ProofSubject): Promise<Link> {
  if (record.audit === undefined) return broken('audit', 'the record names no audit');
  const read = await readAudit(lake.store, record.audit, cell);
  if (read.outcome !== 'right') return broken('audit', record.audit, read.found);
  const { verdict, auditedAt, candidateSha256 } = read.audit;
  const lines = [
    record.audit,
    `${verdict.outcome} at ${auditedAt}, ${verdict.ruleCount} rules:`,
    ...verdict.checks.map(
      (check) => `  ${check.rule}: ${check.outcome}, found ${check.measured} (${check.expected})`,
    ),
  ];
  if (candidateSha256 === record.sha256) return sound('audit', ...lines);
  return broken('audit', ...lines, `it judged another file, sha256 ${candidateSha256}`);
}

async function contractLink(lake: ProofLake, { cell, publication: { record } }: ProofSubject): Promise<Link> {
  const { contractVersion: version, contractSha256 } = record;
  if (version === undefined || contractSha256 === undefined)
    return broken('contract', 'the record does not say which');
  const shelved = await lake.contracts.find({ dataset: cell.dataset, version, sha256: contractSha256 });
  if (shelved.outcome !== 'found') return broken('contract', shelved.file, shelved.found);
  return sound('contract', shelved.file, `version ${version}, sha256 ${contractSha256}`);
}

/** The batch's manifest, the raw pages, and what was asked for. */
async function batchLinks(
  lake: ProofLake,
  { cell, publication: { record } }: ProofSubject,
  rebuilt: RebuiltPublication | NotRebuilt,
  column: PriceInFile['name'],
): Promise<Link[]> {
  const { batch } = record;
  if (!batch) return [broken('batch', 'the record names no batch')];
  const { source } = splitDataset(cell.dataset);
  const folder = stagingFolder(source, batch.ingestionDate, batch.id);
  const manifest = await orWords(readManifest(lake.store, source, batch));
  if (typeof manifest !== 'object')
    return [broken('batch', `${folder}/manifest.json`, manifest ?? 'there is no such file')];
  const pages: Link[] = await Promise.all(
    manifest.pages.map(async ({ file, sha256: hash, sizeBytes }) => {
      const kept = await orWords(readKept(lake.store, `${folder}/${file}`));
      if (typeof kept === 'string') return broken('answer', `${folder}/${file}`, kept);
      const bytes = kept?.bytes;
      const line = withArchive(`${folder}/${file}`, kept);
      if (bytes && sha256(bytes) === hash) return sound('answer', line, `${sizeBytes} bytes, sha256 ${hash}`);
      return broken('answer', line, bytes ? `its sha256 is not ${hash}` : 'there is no such file');
    }),
  );
  const described = await orWords(readKept(lake.store, `${folder}/manifest.json`));
  const sealed = withArchive(`${folder}/manifest.json`, described);
  return [
    sound('batch', sealed, `by ${manifest.workflowId}, ${manifest.pages.length} pages`),
    withExcerpt(pages, cell, rebuilt, column),
    sound(
      'request',
      ...manifest.pages.map(
        ({ request, status, fetchedAt }) => `GET ${request.target} at ${fetchedAt}: ${status}`,
      ),
    ),
  ];
}

/** What is packed away is named with its archive. */
function withArchive(path: string, kept: KeptFile | string | undefined): string {
  return typeof kept === 'object' && kept.archive !== null ? `${path}, in ${kept.archive}` : path;
}

/** All pages as one link, with the place from which the price was read. */
function withExcerpt(
  pages: readonly Link[],
  cell: CellKey,
  rebuilt: RebuiltPublication | NotRebuilt,
  column: PriceInFile['name'],
): Link {
  const lines = pages.flatMap((page) => page.lines);
  if (pages.some(({ isSound }) => !isSound)) return broken('answer', ...lines);
  if (rebuilt.outcome === 'not-rebuilt') return sound('answer', ...lines);
  const { resource, loaded, batch, symbol } = rebuilt;
  const place = excerptOf(resource, loaded, { ...cell, batch, symbol }, column);
  if (!place)
    return sound('answer', ...lines, `the ${column} is made of several values and cannot be pointed out`);
  const page = loaded.manifest.pages[place.page]?.file ?? '';
  const around = `${place.before}>>>${place.text}<<<${place.after}`.replaceAll(/\s+/g, ' ');
  return sound('answer', ...lines, `in ${page} at character ${place.position}: … ${around} …`);
}

function rebuiltLink(
  { publication: { record } }: ProofSubject,
  rebuilt: RebuiltPublication | NotRebuilt,
): Link {
  if (rebuilt.outcome === 'not-rebuilt') return broken('rebuilt', `${rebuilt.cause}: ${rebuilt.found}`);
  const made = `${rebuilt.encoded.bytes.byteLength} bytes, sha256 ${rebuilt.sha256}`;
  if (rebuilt.isSameBytes) return sound('rebuilt', made, 'byte for byte the published file');
  if (rebuilt.isOtherContent) return broken('rebuilt', made, 'the reader finds other rows than it did then');
  if (rebuilt.isSameWriter) return broken('rebuilt', made, 'other bytes, from the same rows and writer');
  const by = record.writer ?? 'an unknown writer';
  return record.contentSha256 === undefined
    ? broken('rebuilt', made, `other bytes; the published file is by ${by}`)
    : sound('rebuilt', made, `the same rows; other bytes, since the published file is by ${by}`);
}
