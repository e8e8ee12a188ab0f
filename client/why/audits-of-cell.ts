import { z } from 'zod';
import { tryParseJson } from '../../lake/json.ts';
import { auditFile, decodeSegment } from '../../lake/layout.ts';
import type { CellRecord, Numbered } from '../../lake/records.ts';
import type { Store } from '../../lake/store.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

const outcome = z.enum(['passed', 'failed', 'not-evaluated']);
const auditSchema = z.object({
  auditedAt: z.string(),
  run: z.string(),
  batch: z.object({ id: z.string(), ingestionDate: z.string() }),
  workflowRunId: z.string(),
  contractVersion: z.string(),
  verdict: z.object({
    outcome,
    ruleCount: z.number(),
    checks: z.array(
      z.object({
        rule: z.string(),
        severity: z.enum(['error', 'warning']),
        outcome,
        measured: z.string(),
        expected: z.string(),
        offenders: z.array(z.record(z.string(), z.string().nullable())),
      }),
    ),
  }),
  keptAt: z.string().optional(),
});

/** A verdict with whose it is, where the file's name does not say. */
const ownAudit = auditSchema.extend({ date: z.string().optional(), ticker: z.string().optional() });

/** One verdict about a cell, as its file has it. */
export type AuditOfCell = Readonly<z.infer<typeof auditSchema>> & {
  /** Below the lake's root. */
  readonly file: string;
  /** Which try of the step it was; null where the file's name does not say. */
  readonly attempt: number | null;
};

/** Reads every verdict about a cell, those that no record names too, oldest first. */
export async function readAudits(
  store: Store,
  cell: CellKey,
  records: readonly Numbered<CellRecord>[],
): Promise<AuditOfCell[]> {
  const files = new Set([
    ...(await filesOf(store, cell)),
    ...records.flatMap(({ record }) => record.audit ?? []),
  ]);
  const audits = await Promise.all([...files].map((file) => readAudit(store, file, cell)));
  return audits
    .filter((audit): audit is AuditOfCell => audit !== undefined)
    .sort((left, right) => (left.auditedAt < right.auditedAt ? -1 : 1));
}

/** All verdicts of a ticker lie in one folder; the date opens their names. */
async function filesOf(store: Store, cell: CellKey): Promise<string[]> {
  const example = auditFile(cell, 'x');
  const folder = example.slice(0, example.lastIndexOf('/'));
  const opening = example.slice(folder.length + 1, example.lastIndexOf('~') + 1);
  const names = await store.namesIn(folder);
  return names.filter((name) => name.startsWith(opening)).map((name) => `${folder}/${name}`);
}

/** The verdicts of a month or a lot share a file, one a line, each with the date or the ticker of its cell. */
async function readAudit(store: Store, file: string, cell: CellKey): Promise<AuditOfCell | undefined> {
  const lines = Buffer.from((await store.get(file)) ?? [])
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => ownAudit.safeParse(tryParseJson(Buffer.from(line, 'utf8'))).data);
  const own = lines.find(
    (line) => line && (line.date ?? cell.date) === cell.date && (line.ticker ?? cell.ticker) === cell.ticker,
  );
  if (!own) return undefined;
  const { date: _date, ticker: _ticker, ...audit } = own;
  const attempt = /\.(\d+)\.json$/.exec(decodeSegment(file))?.[1];
  return { ...audit, file, attempt: attempt === undefined ? null : Number(attempt) };
}
