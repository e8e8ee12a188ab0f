import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
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

const filesAtOnce = 500;

/** Reads the closes before and after, and drops what was restated in anything but its close. */
export async function withCloses(
  store: Store,
  connection: DuckDBConnection,
  cells: readonly Replaced[],
): Promise<FindingOf<'restated'>[]> {
  const files = cells.flatMap((cell) => [cell.keptAt, bronzeFile(cell)]);
  const closes = new Map<string, number>();
  for (let first = 0; first < files.length; first += filesAtOnce)
    for (const [file, close] of await readCloses(store, connection, files.slice(first, first + filesAtOnce)))
      closes.set(file, close);
  return cells
    .map(({ keptAt, ...cell }) => ({
      ...cell,
      before: closes.get(keptAt) ?? null,
      after: closes.get(bronzeFile(cell)) ?? null,
    }))
    .filter(({ before, after }) => before === null || before !== after);
}

const closeRow = z.object({ filename: z.string(), close: z.number().nullable() });

/** Closes by file; a file that is not there (packed away, perhaps) or cannot be read has none. */
async function readCloses(
  store: Store,
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<[string, number][]> {
  const there = await Promise.all(
    files.map(async (file) => ((await store.sizeOf(file)) === undefined ? [] : [file])),
  );
  const keyOf = new Map(there.flat().map((file) => [store.pathOf(file), file]));
  if (keyOf.size === 0) return [];
  const read = async (paths: readonly string[]): Promise<z.infer<typeof closeRow>[]> => {
    const list = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
    const reader = await connection.runAndReadAll(
      `select filename, close::double as close
       from read_parquet([${list}], filename = true, hive_partitioning = false, union_by_name = true)`,
    );
    return z.array(closeRow).parse(reader.getRowObjectsJson());
  };
  const paths = [...keyOf.keys()];
  // One damaged file must not hide the others: then each is read by itself.
  const rows = await read(paths).catch(async () => {
    const each = await Promise.all(paths.map((path) => read([path]).catch(() => [])));
    return each.flat();
  });
  return rows.flatMap(({ filename, close }) =>
    close === null ? [] : [[keyOf.get(filename) ?? filename, close] as [string, number]],
  );
}
