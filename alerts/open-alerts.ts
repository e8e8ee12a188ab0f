import { z } from 'zod';
import type { LakeIndex } from '../lake/lake-index.ts';

const sql = `
select count(*)::integer as count from (
    select event from alert_records where event in ('opened', 'happened', 'resolved', 'eased')
    qualify row_number() over (partition by kind, key order by number desc) = 1
) where event in ('opened', 'eased')`;

/** Counts the alerts that are open. */
export async function countOpenAlerts(index: Pick<LakeIndex, 'rows'>): Promise<number> {
  const [row] = await index.rows(sql);
  return z.object({ count: z.number() }).parse(row).count;
}
