import { z } from 'zod';
import type { Engine } from '../engine.ts';

const valuesWithName = z.object({
  type: z.literal('SUBQUERY'),
  alias: z.string().min(1),
  subquery: z.object({
    node: z.object({ from_table: z.object({ type: z.literal('EXPRESSION_LIST') }) }),
  }),
});

/** Finds, by DuckDB's own parser, the names that a SELECT gives to VALUES: tables that consist of constants. */
export async function inlineTables(engine: Engine, sql: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  collect(await engine.parse(sql), found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const values = valuesWithName.safeParse(value);
  if (values.success) found.add(values.data.alias);
  for (const child of Object.values(value)) collect(child, found);
}
