import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { boundedMap } from '../../lake/bounded-map.ts';
import { checkedJsonBytes } from '../../lake/checked-json.ts';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile, compactFile, compactPartsFile } from '../../lake/layout.ts';
import { pendingKey, type LocalStore } from '../../lake/local-store.ts';
import { giveSecondName } from '../../lake/second-name.ts';
import { splitDataset, type CellKey, type PartitionDate } from '../../workflows/pure/cell.ts';
import type { Engine } from '../engine.ts';
import { filePath, literal } from '../sql-text.ts';
import type { CompactParts } from '../../lake/compact-files.ts';

const filesAtOnce = 16;

/** A publication of one day, as its record has it. */
export interface PublishedPart {
  readonly date: PartitionDate;
  readonly number: number;
  readonly sha256: string;
}

/** The published files of one ticker and year that share a contract version, and so a schema. */
export interface YearToCompact extends Omit<CellKey, 'date'> {
  readonly year: number;
  readonly contractVersion: string;
  readonly parts: readonly PublishedPart[];
}

const dateRow = z.object({ date: z.string() });

/**
 * Writes one compact file and the list of its parts. Only files that are what their records say go in, each under a
 * name of our own that no restatement can replace meanwhile. The same files give the same bytes.
 * @returns how many cells it holds.
 */
export async function compactYear(store: LocalStore, engine: Engine, year: YearToCompact): Promise<number> {
  const folder = store.pathOf(pendingKey());
  try {
    await mkdir(folder, { recursive: true });
    const taken = await takeParts(store, year, folder);
    if (taken.length === 0) return 0;
    const path = join(folder, 'compact.parquet');
    const dates = new Set(await writeRows(engine, year, taken, folder, path));
    const parts = taken.filter(({ date }) => dates.has(date));
    const file = compactFile(year, year.year);
    const bytes = await readFile(path);
    const list: CompactParts = {
      file,
      sha256: sha256(bytes),
      contractVersion: year.contractVersion,
      parts: parts.map(({ date, number, sha256: hash }) => ({ date, number, sha256: hash })),
    };
    await store.put(file, bytes);
    await store.put(compactPartsFile(file), checkedJsonBytes(list));
    return parts.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeParts(
  store: LocalStore,
  { dataset, ticker, parts }: YearToCompact,
  folder: string,
): Promise<PublishedPart[]> {
  const taken = await boundedMap(parts, filesAtOnce, async (part) => {
    const place = bronzeFile({ dataset, ticker, date: part.date });
    const hash = await giveSecondName(store, place, join(folder, `${part.date}.parquet`));
    return hash === part.sha256 ? part : undefined;
  });
  return taken.filter((part) => part !== undefined);
}

/** Columns as in the published files, then the part of each row; a file whose keys are not its place's is left out. */
async function writeRows(
  engine: Engine,
  { dataset, ticker }: YearToCompact,
  parts: readonly PublishedPart[],
  folder: string,
  path: string,
): Promise<PartitionDate[]> {
  const { source, resource } = splitDataset(dataset);
  const names = parts.map(({ date }) => filePath(join(folder, `${date}.parquet`)));
  const values = parts.map(
    ({ date, number, sha256: hash }) =>
      `(${literal(join(folder, `${date}.parquet`))}, date ${literal(date)}, ${number}, ${literal(hash)})`,
  );
  await engine.run(`create or replace table lake.main.compacting as
    select file.* exclude (filename, file_row_number), part.sha256 as __part_sha256, part.number as __part_number,
      part.date as part_date, file.file_row_number as place
    from read_parquet([${names.join(', ')}], filename = true, file_row_number = true, hive_partitioning = false) as file
    inner join (values ${values.join(', ')}) as part (path, date, number, sha256) on part.path = file.filename`);
  await engine.run(`delete from lake.main.compacting where part_date in (
    select part_date from lake.main.compacting where bar_date is distinct from part_date
      or source_id is distinct from ${literal(source)} or resource_id is distinct from ${literal(resource)}
      or ticker_id is distinct from ${literal(ticker)})`);
  await engine.run(`copy (
    select * exclude (part_date, place) from lake.main.compacting order by part_date, place
  ) to ${literal(path)} (format parquet, compression zstd)`);
  const dates = await engine.rows(
    dateRow,
    'select distinct part_date::varchar as date from lake.main.compacting',
  );
  return dates.map(({ date }) => date);
}
