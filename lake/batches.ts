import { z } from 'zod';
import type { BadLines } from '../sources/bad-lines.ts';
import type { PageRequest, RawPage } from '../sources/source.ts';
import type { DatasetId } from '../workflows/pure/cell.ts';
import type { BatchRef, WindowAsk } from '../workflows/pure/run.ts';
import { readKept } from './archive/archives.ts';
import { archivedBatchOf } from './archive/archived-batches.ts';
import { checkedJsonBytes, checksumOf } from './checked-json.ts';
import { jsonBytes, parseJson, sha256, tryParseJson } from './json.ts';
import { encodeSegment, incomingFolder, pageFile, stagingFolder } from './layout.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/** Files of a batch that describe it while it is collected; sealing puts a manifest in their place. */
const descriptionPrefix = 'page-';
const ownerFile = `${descriptionPrefix}owner.json`;

/** The lines of a page that could not be read. */
const badLinesSchema = z.object({
  count: z.number(),
  first: z.array(
    z.object({
      file: z.string(),
      lineNumber: z.number(),
      date: z.string().nullable(),
      found: z.string(),
    }),
  ),
});

/** One page as it came, described: everything about the request but its secrets. */
const pageSchema = z.object({
  file: z.string(),
  request: z.object({ target: z.string() }),
  status: z.number(),
  contentType: z.string().nullable(),
  fetchedAt: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  rowCount: z.number(),
  next: z.object({ target: z.string() }).optional(),
  badLines: badLinesSchema.optional(),
});

/** One page of a batch, as its manifest tells it. */
export type BatchPage = Readonly<z.infer<typeof pageSchema>>;

const manifestSchema = z.object({
  batchId: z.string(),
  dataset: z.string(),
  ask: z.unknown(),
  window: z.string(),
  workflowId: z.string(),
  workflowRunId: z.string(),
  fetchedAt: z.string(),
  pages: z.array(pageSchema),
});

/** What a batch is: the question, the raw pages, and who asked. */
export interface Manifest {
  readonly batchId: string;
  readonly dataset: DatasetId;
  readonly ask: WindowAsk;
  readonly window: string;
  readonly workflowId: string;
  readonly workflowRunId: string;
  /** When the first page came, ISO UTC; the `__ingested_at` of every row made from it. */
  readonly fetchedAt: string;
  readonly pages: readonly BatchPage[];
}

const ownerSchema = z.object({ workflowId: z.string(), workflowRunId: z.string() });

/** The workflow that collects a batch, without the lake's id. */
export type BatchOwner = Readonly<z.infer<typeof ownerSchema>>;

/** A raw answer that is to be kept, with what it answers. */
export interface ArrivedPage {
  readonly index: number;
  readonly request: PageRequest;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Uint8Array;
  readonly rowCount: number;
  readonly next?: PageRequest;
  readonly badLines?: BadLines;
}

/** Reads a page that arrived earlier and waits to be sealed; undefined where it has not come yet. */
export async function readArrived(
  store: Store,
  batchId: string,
  index: number,
): Promise<BatchPage | undefined> {
  const bytes = await store.get(describedFile(batchId, index));
  return bytes ? pageSchema.parse(parseJson(bytes)) : undefined;
}

/** Reads the raw pages of a batch that arrived so far, before it is sealed. */
export async function readArrivedPages(store: Store, batchId: string, count: number): Promise<RawPage[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const body = await store.get(pageFile(incomingFolder(batchId), index));
      if (body) return { body };
      throw new LakeError(
        'LakeDamaged',
        `Page ${index + 1} of batch ${batchId} is gone from ${store.pathOf(incomingFolder(batchId))} before it was sealed. Run the window again.`,
      );
    }),
  );
}

/** Says, before the first page comes, which workflow collects a batch: recovery leaves it alone while that runs. */
export async function claimBatch(store: Store, batchId: string, owner: BatchOwner): Promise<void> {
  await store.put(`${incomingFolder(batchId)}/${ownerFile}`, jsonBytes(owner));
}

/** Reads which workflow collects a batch; undefined where nobody says so. Half sealed, its manifest says it. */
export async function batchOwner(store: Store, batchId: string): Promise<BatchOwner | undefined> {
  const folder = incomingFolder(batchId);
  const bytes = await store.get(`${folder}/${ownerFile}`);
  return bytes ? ownerSchema.parse(parseJson(bytes)) : manifestIn(store, folder);
}

/** Keeps a raw page until its batch is sealed. The description comes last: with it, the page has arrived. */
export async function keepArrived(
  store: Store,
  batchId: string,
  page: ArrivedPage,
  now: Date,
): Promise<BatchPage> {
  const file = pageFile(incomingFolder(batchId), page.index);
  await store.put(file, page.body);
  const described: BatchPage = {
    file: file.slice(file.lastIndexOf('/') + 1),
    request: page.request,
    status: page.status,
    contentType: page.contentType,
    fetchedAt: now.toISOString(),
    sha256: sha256(page.body),
    sizeBytes: page.body.byteLength,
    rowCount: page.rowCount,
    ...(page.next ? { next: page.next } : {}),
    ...(page.badLines ? { badLines: { ...page.badLines, first: [...page.badLines.first] } } : {}),
  };
  await store.put(describedFile(batchId, page.index), jsonBytes(described));
  return described;
}

/**
 * Seals a batch: writes its manifest beside the raw pages and moves the folder to staging in one step.
 * A second attempt finds what its first one did, at whatever point that one ended.
 */
export async function sealBatch(
  store: Store,
  source: string,
  facts: Omit<Manifest, 'pages' | 'fetchedAt'>,
  pageCount: number,
): Promise<BatchRef> {
  const folder = incomingFolder(facts.batchId);
  const fetchedAt =
    (await manifestIn(store, folder))?.fetchedAt ?? (await writeManifest(store, facts, pageCount));
  if (fetchedAt === undefined) return findSealed(store, source, facts.batchId);
  const batch = { id: facts.batchId, ingestionDate: fetchedAt.slice(0, 10) };
  const described = (await store.namesIn(folder)).filter((name) => name.startsWith(descriptionPrefix));
  await Promise.all(described.map((name) => store.remove(`${folder}/${name}`)));
  await store.promote(folder, stagingFolder(source, batch.ingestionDate, batch.id));
  return batch;
}

/** Writes the manifest of the pages that arrived; undefined where they are not all there. */
async function writeManifest(
  store: Store,
  facts: Omit<Manifest, 'pages' | 'fetchedAt'>,
  pageCount: number,
): Promise<string | undefined> {
  const pages = await Promise.all(
    Array.from({ length: pageCount }, (_, index) => readArrived(store, facts.batchId, index)),
  );
  const first = pages[0];
  if (!first || pages.includes(undefined)) return undefined;
  const manifest = { ...facts, fetchedAt: first.fetchedAt, pages };
  await store.put(`${incomingFolder(facts.batchId)}/manifest.json`, checkedJsonBytes(manifest));
  return first.fetchedAt;
}

async function findSealed(store: Store, source: string, batchId: string): Promise<BatchRef> {
  for (const name of await store.namesIn(`staging/source=${encodeSegment(source)}`)) {
    const batch = { id: batchId, ingestionDate: name.slice('ingestion_date='.length) };
    if (await readManifest(store, source, batch)) return batch;
  }
  const packed = await archivedBatchOf(store, source, batchId);
  if (packed) return packed;
  throw new LakeError(
    'LakeDamaged',
    `Could not seal batch ${batchId}: its raw pages are neither in ${store.pathOf('incoming')} nor in staging. Run the window again.`,
  );
}

/** Reads a sealed batch's manifest, packed away or not; undefined where there is no such batch. */
export async function readManifest(
  store: Store,
  source: string,
  batch: BatchRef,
): Promise<Manifest | undefined> {
  return manifestIn(store, stagingFolder(source, batch.ingestionDate, batch.id));
}

async function manifestIn(store: Store, folder: string): Promise<Manifest | undefined> {
  const bytes = (await readKept(store, `${folder}/manifest.json`))?.bytes;
  const parsed = bytes && manifestSchema.safeParse(tryParseJson(bytes));
  // The ask was checked when the request was made from it, and a sealed manifest never changes.
  const isAltered = bytes !== undefined && checksumOf(bytes) === 'wrong';
  if (!parsed || (parsed.success && !isAltered)) return parsed?.data as Manifest | undefined;
  const found = isAltered ? 'its checksum is another' : (parsed.error?.issues[0]?.message ?? 'unreadable');
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(`${folder}/manifest.json`)} is not a manifest (${found}). Restore it from a backup, or retry the cell to fetch it anew.`,
  );
}

/**
 * Reads a sealed batch whole, and checks every page against its hash.
 * @throws LakeError `LakeDamaged` where a page or the manifest is missing or altered.
 */
export async function readBatch(
  store: Store,
  source: string,
  batch: BatchRef,
): Promise<{ manifest: Manifest; pages: readonly RawPage[] }> {
  const manifest = await readManifest(store, source, batch);
  const folder = stagingFolder(source, batch.ingestionDate, batch.id);
  if (!manifest)
    throw new LakeError('LakeDamaged', `Batch ${batch.id} has no manifest in ${store.pathOf(folder)}.`);
  const pages = await Promise.all(
    manifest.pages.map(async (page) => {
      const body = (await readKept(store, `${folder}/${page.file}`))?.bytes;
      if (body && sha256(body) === page.sha256) return { body };
      throw new LakeError(
        'LakeDamaged',
        `${store.pathOf(`${folder}/${page.file}`)} ${body ? 'does not have the sha256 of its manifest' : 'is gone'}. Staging never changes: restore it from a backup, or retry the cell to fetch it anew.`,
      );
    }),
  );
  return { manifest, pages };
}

function describedFile(batchId: string, index: number): string {
  return `${incomingFolder(batchId)}/${descriptionPrefix}${String(index).padStart(4, '0')}.json`;
}
