import { z } from 'zod';
import { readCloses } from '../../lake/closes.ts';
import { bronzeFile } from '../../lake/layout.ts';
import type { Store } from '../../lake/store.ts';
import type { FindingOf } from '../alert.ts';
import type { Ask } from './ask.ts';

const row = z.object({
  dataset: z.string(),
  ticker: z.string(),
  date: z.string(),
  number: z.number(),
  keptAt: z.string(),
});

/** What a changed contract made of the same answer is no restatement. */
const sql = `
select
    source || '.' || resource as dataset, ticker, date::varchar as date, number, body ->> '$.supersedes.keptAt' as "keptAt"
from cell_records
where event = 'published'
qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1
    and supersedes_number is not null and coalesce(cause, '') <> 'contract' and recorded_at > $since::timestamptz
order by dataset, ticker, date`;

/** A cell whose published content was replaced, and the two files. */
export type Replaced = FindingOf<'restated'> & { readonly keptAt: string };

/** Finds the cells that a source restated since an instant. Their closes are read by `withCloses`. */
export async function findReplaced(ask: Ask, since: Date): Promise<Replaced[]> {
  return z
    .array(row)
    .parse(await ask(sql, { since: since.toISOString() }))
    .map(({ number, ...cell }) => ({
      ...cell,
      kind: 'restated',
      incident: `${cell.dataset}/${cell.ticker}/${cell.date}@${number}`,
      before: null,
      after: null,
    }));
}

/** Reads the closes before and after, and drops what was restated in anything but its close. */
export async function withCloses(store: Store, cells: readonly Replaced[]): Promise<FindingOf<'restated'>[]> {
  const closes = await readCloses(
    store,
    cells.flatMap((cell) => [cell.keptAt, bronzeFile(cell)]),
  );
  return cells
    .map(({ keptAt, ...cell }) => ({
      ...cell,
      before: closes.get(keptAt) ?? null,
      after: closes.get(bronzeFile(cell)) ?? null,
    }))
    .filter(({ before, after }) => before === null || before !== after);
}
