import { z } from 'zod';
import { tryParseJson } from './json.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

const outcome = z.enum(['passed', 'failed', 'not-evaluated']);

const auditSchema = z.object({
  auditedAt: z.string(),
  contractVersion: z.string(),
  candidateSha256: z.string(),
  verdict: z.object({
    outcome,
    ruleCount: z.number(),
    checks: z.array(
      z.object({
        rule: z.string(),
        severity: z.enum(['error', 'warning']),
        dimension: z.string(),
        outcome,
        measured: z.string(),
        expected: z.string(),
        offenders: z.array(z.record(z.string(), z.string().nullable())),
      }),
    ),
  }),
  /** Where the refused candidate lies. */
  keptAt: z.string().optional(),
});

/** One attempt's audit, as its file tells it. */
export type KeptAudit = Readonly<z.infer<typeof auditSchema>>;

/**
 * Reads the audit that a record names.
 * @throws LakeError `LakeDamaged` where it is gone or no audit.
 */
export async function readAudit(store: Store, file: string): Promise<KeptAudit> {
  const bytes = await store.get(file);
  const parsed = bytes ? auditSchema.safeParse(tryParseJson(bytes)) : undefined;
  if (parsed?.success) return parsed.data;
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(file)} is not an audit (${parsed?.error.issues[0]?.message ?? 'it is gone'}). Audits are never changed: restore it from a backup.`,
  );
}
