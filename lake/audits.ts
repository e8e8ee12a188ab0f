import { z } from 'zod';
import type { CellKey } from '../workflows/pure/cell.ts';
import { checksumOf } from './checked-json.ts';
import { tryParseJson } from './json.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

const checkSchema = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  dimension: z.string(),
  outcome: z.enum(['passed', 'failed', 'not-evaluated']),
  measured: z.string(),
  expected: z.string(),
  offenders: z.array(z.record(z.string(), z.string().nullable())),
});

const auditSchema = z.object({
  auditedAt: z.string(),
  candidateSha256: z.string(),
  contractVersion: z.string(),
  contractSha256: z.string(),
  verdict: z.object({
    outcome: z.enum(['passed', 'failed', 'not-evaluated']),
    ruleCount: z.number(),
    checks: z.array(checkSchema),
  }),
  /** Where a refused candidate is kept. */
  keptAt: z.string().optional(),
});

/** Whose a line is, where the file's name does not say. */
const whoseSchema = z.object({ date: z.string().optional(), ticker: z.string().optional() });

/** What an audit found about one candidate, as its file tells it. */
export type KeptAudit = Readonly<z.infer<typeof auditSchema>>;

/** An audit's file as it was found. */
export type FoundAudit =
  | { readonly outcome: 'right'; readonly audit: KeptAudit }
  | { readonly outcome: 'gone' | 'altered'; readonly found: string };

/**
 * Reads the audit of a cell's candidate from the file that a record names: one verdict, or one a line, each with
 * the date or the ticker of its cell.
 */
export async function readAudit(store: Store, file: string, cell: CellKey): Promise<FoundAudit> {
  const lines = await readAudits(store, file);
  const own = lines.find(
    ({ date = cell.date, ticker = cell.ticker }) => date === cell.date && ticker === cell.ticker,
  );
  return (
    own?.read ?? { outcome: 'gone', found: lines.length === 0 ? 'no file' : 'no verdict about this cell' }
  );
}

/** Reads every verdict of a file; none where there is no file. Date and ticker are undefined where the file's name tells. */
export async function readAudits(
  store: Store,
  file: string,
): Promise<
  { readonly date?: string | undefined; readonly ticker?: string | undefined; readonly read: FoundAudit }[]
> {
  const bytes = await store.get(file);
  if (!bytes) return [];
  const lines = Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n');
  return lines.map((line) => {
    const text = Buffer.from(`${line}\n`, 'utf8');
    const whose = whoseSchema.safeParse(tryParseJson(text));
    return { ...whose.data, read: auditOf(text) };
  });
}

function auditOf(bytes: Uint8Array): FoundAudit {
  const parsed = auditSchema.safeParse(tryParseJson(bytes));
  if (!parsed.success)
    return { outcome: 'altered', found: `no audit (${parsed.error.issues[0]?.message ?? 'unreadable'})` };
  const checksum = checksumOf(bytes);
  if (checksum === 'right') return { outcome: 'right', audit: parsed.data };
  return { outcome: 'altered', found: checksum === 'wrong' ? 'another checksum' : 'no checksum' };
}

/**
 * Reads the audit that a record of a cell names.
 * @throws LakeError `LakeDamaged` where it is gone or altered.
 */
export async function neededAudit(store: Store, file: string, cell: CellKey): Promise<KeptAudit> {
  const audit = await readAudit(store, file, cell);
  if (audit.outcome === 'right') return audit.audit;
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(file)} is not the audit that was kept (${audit.found}). Audits are never changed: restore it from a backup.`,
  );
}
