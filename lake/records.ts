import { z } from 'zod';
import type { CellKey } from '../workflows/pure/cell.ts';
import { checkedJsonBytes, checksumOf } from './checked-json.ts';
import { parseJson, tryParseJson } from './json.ts';
import { cellOfPath, cellRecordsFolder, encodeSegment, numberOfRecord, recordFile } from './layout.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/**
 * The lake's memory: append-only, numbered entries. A number is claimed with one `link`, so that exactly
 * one of many writers has it; what it says is never changed afterwards.
 */

const batchSchema = z.object({ id: z.string(), ingestionDate: z.string() });

/**
 * What happened to a cell. `unchanged` leads to the state `published`. A cell that was `accepted` or whose acceptance
 * was `withdrawn` is refused until its batch has been judged again.
 */
export const cellEvents = [
  'published',
  'unchanged',
  'closed',
  'waiting',
  'refused',
  'failed',
  'skipped',
  'accepted',
  'withdrawn',
] as const;

/** Why a staged batch was judged again, with nothing fetched: what the source said is as it was. */
export const judgedAgainCauses = ['contract', 'acceptance'] as const;

/** Which planned look at a published cell: so many days after its day was final, or with all of its asset's history. */
export const lookSchema = z.union([z.number().int().positive(), z.literal('history')]);

const cellRecordSchema = z.object({
  event: z.enum(cellEvents),
  recordedAt: z.string(),
  /** The run that caused it, without the lake's id, such as `daily/2026-11-19`. */
  run: z.string(),
  workflowId: z.string().optional(),
  workflowRunId: z.string().optional(),
  batch: batchSchema.optional(),
  /** Where the candidate lay when this was recorded: its redo. */
  candidate: z.string().optional(),
  sha256: z.string().optional(),
  /** The hash of what the source said, without the lineage that the file adds to it. */
  contentSha256: z.string().optional(),
  sizeBytes: z.number().optional(),
  rowCount: z.number().optional(),
  contractVersion: z.string().optional(),
  /** Of the contract's kept file. */
  contractSha256: z.string().optional(),
  /** The source's own name of the asset, by which its rows were found in the batch. */
  symbol: z.string().optional(),
  /** What encoded the file: another version gives the same rows in other bytes. */
  writer: z.string().optional(),
  /** The verdict's file below the lake's root. */
  audit: z.string().optional(),
  /** What a restatement replaced. */
  supersedes: z.object({ number: z.number(), sha256: z.string(), keptAt: z.string() }).optional(),
  /** Why, as an error code and as sentences, for whatever is not published. */
  code: z.string().optional(),
  reason: z.string().optional(),
  /** For `waiting`: when the day is final. */
  until: z.string().optional(),
  /** For a publication or a refusal of what was judged before. */
  cause: z.enum(judgedAgainCauses).optional(),
  /** For what a planned look found. */
  look: lookSchema.optional(),
  /** The rules that refused it; for `accepted` those that a person lets it break. */
  rules: z.array(z.string()).optional(),
  /** For `accepted`: the last day, in UTC, on which it holds; null: for good. */
  livesUntil: z.string().nullable().optional(),
  /** For what rules refused and a person accepted: the record of that, and what it says. */
  acceptance: z
    .object({
      number: z.number(),
      reason: z.string(),
      livesUntil: z.string().nullable(),
      rules: z.array(z.string()),
    })
    .optional(),
});

/** One file that is an entry of many cells: what holds for all of them, and by date what is each one's own. */
const sharedRecordSchema = z.looseObject({ cells: z.record(z.string(), z.looseObject({})) });
/** The same of cells of one date: by the ticker, as it stands in paths. */
const sharedByTickerSchema = z.looseObject({ members: z.record(z.string(), z.looseObject({})) });

/** One entry of a cell. */
export type CellRecord = Readonly<z.infer<typeof cellRecordSchema>>;

/** An entry with its number. */
export interface Numbered<T> {
  readonly number: number;
  readonly record: T;
}

/** Reads all of a cell's records, oldest first. */
export async function readCellRecords(store: Store, cell: CellKey): Promise<Numbered<CellRecord>[]> {
  const folder = cellRecordsFolder(cell);
  const numbers = await recordNumbers(store, folder);
  return Promise.all(
    numbers.map(async (number) => ({ number, record: await readCellRecord(store, folder, number) })),
  );
}

/** Reads one record of a cell by its number. */
export async function readCellRecord(store: Store, folder: string, number: number): Promise<CellRecord> {
  const key = recordFile(folder, number);
  const bytes = await store.get(key);
  const parsed = bytes ? cellRecordSchema.safeParse(ownEntry(tryParseJson(bytes), folder)) : undefined;
  const isAltered = bytes !== undefined && checksumOf(bytes) === 'wrong';
  if (parsed?.success && !isAltered) return parsed.data;
  const found = isAltered ? 'its checksum is another' : (parsed?.error?.issues[0]?.message ?? 'it is gone');
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(key)} is not a record (${found}). Records are never changed: restore it from a backup.`,
  );
}

/** What is one cell's own in an entry that it shares with others. */
export interface OwnEntry {
  readonly cell: CellKey;
  readonly entry: Partial<CellRecord>;
}

/** Writes one file that, linked into the folders of many cells of one ticker or of one date, is the entry of each. */
export function sharedRecord(shared: Partial<CellRecord>, own: readonly OwnEntry[]): Uint8Array {
  const isOfOneTicker = own.every(({ cell }) => cell.ticker === own[0]?.cell.ticker);
  const entries: Record<string, Partial<CellRecord>> = {};
  for (const { cell, entry } of own) entries[isOfOneTicker ? cell.date : encodeSegment(cell.ticker)] = entry;
  return checkedJsonBytes({ ...shared, [isOfOneTicker ? 'cells' : 'members']: entries });
}

/** The folder tells which cell of a shared file is meant; what is its own goes before what is shared. */
function ownEntry(content: unknown, folder: string): unknown {
  const cell = cellOfPath(folder);
  const byDate = sharedRecordSchema.safeParse(content);
  if (byDate.success) {
    const { cells, ...common } = byDate.data;
    const own = cells[cell?.date ?? ''];
    return own && { ...common, ...own };
  }
  const byTicker = sharedByTickerSchema.safeParse(content);
  if (!byTicker.success) return content;
  const { members, ...common } = byTicker.data;
  const own = cell && members[encodeSegment(cell.ticker)];
  return own && { ...common, ...own };
}

/** The numbers taken in a folder of records, ascending. */
export async function recordNumbers(store: Store, folder: string): Promise<number[]> {
  const names = await store.namesIn(folder);
  return names
    .map(numberOfRecord)
    .filter((number): number is number => number !== undefined)
    .sort((left, right) => left - right);
}

/** Claims exactly this number for an entry; false where somebody has it already. */
export async function claimRecord(
  store: Store,
  folder: string,
  number: number,
  record: object,
): Promise<boolean> {
  return store.putIfAbsent(recordFile(folder, number), checkedJsonBytes(record));
}

/** Appends an entry under the next free number, and returns that number. */
export async function appendRecord(store: Store, folder: string, record: object): Promise<number> {
  for (;;) {
    const number = ((await recordNumbers(store, folder)).at(-1) ?? 0) + 1;
    if (await claimRecord(store, folder, number, record)) return number;
  }
}

/** An entry as its author made it: one execution writes each event, for one reason, once. */
type Authored = Readonly<Record<string, unknown>> & {
  readonly event: string;
  readonly workflowRunId?: string | undefined;
  readonly reason?: string | undefined;
  /** Tells equal events of one execution apart that are meant to stand twice. */
  readonly act?: number | undefined;
};

/** Appends an entry unless an earlier attempt of the same execution's step has done so. */
export async function appendOnce(store: Store, folder: string, record: Authored): Promise<void> {
  for (const number of (await recordNumbers(store, folder)).reverse()) {
    const bytes = await store.get(recordFile(folder, number));
    // Only these four are looked at, and a record that lacks them is somebody else's.
    const there = (bytes ? parseJson(bytes) : {}) as Partial<Authored>;
    if (there.workflowRunId !== record.workflowRunId) break;
    if (there.event === record.event && there.reason === record.reason && there.act === record.act) return;
  }
  await appendRecord(store, folder, record);
}

/** Appends an entry to a cell. */
export async function appendCellRecord(store: Store, cell: CellKey, record: CellRecord): Promise<number> {
  return appendRecord(store, cellRecordsFolder(cell), record);
}

/**
 * Tells whether records call a batch worthless for the cell, so that it must be fetched anew. What another contract
 * refused this one may let through, and what a person accepted since is worth a look.
 */
export function isDiscredited(
  records: readonly Numbered<CellRecord>[],
  batchId: string,
  contractSha256: string,
): boolean {
  const newest = records.findLast(({ record }) => isWordOn(record, batchId, contractSha256));
  return newest !== undefined && newest.record.event !== 'accepted';
}

function isWordOn(record: CellRecord, batchId: string, contractSha256: string): boolean {
  if (record.batch?.id !== batchId) return false;
  if (record.event === 'accepted' || record.code === 'NoData') return true;
  return record.event === 'refused' && (record.contractSha256 ?? contractSha256) === contractSha256;
}
