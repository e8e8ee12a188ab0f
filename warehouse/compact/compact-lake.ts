import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { pendingKey, type LocalStore } from '../../lake/local-store.ts';
import { datasetId } from '../../workflows/pure/cell.ts';
import { Engine } from '../engine.ts';
import { withIndex } from '../index-copy.ts';
import { filePath, literal } from '../sql-text.ts';
import { compactYear, type YearToCompact } from './compact-year.ts';
import { findCompacted } from '../../lake/compact-files.ts';

/** How a lake is compacted. */
export interface CompactOptions {
  /** A copy of the index, at a path of its own. */
  readonly indexPath: string;
  /** A ticker's year is compacted once so many of its cells are in no compact file as they are now. */
  readonly atLeast: number;
  readonly onProgress?: (step: string) => void;
  readonly onIgnored?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** What was compacted. */
export interface CompactReport {
  readonly files: number;
  readonly cells: number;
}

const yearRow = z.object({
  source: z.string(),
  resource: z.string(),
  ticker: z.string(),
  year: z.coerce.number(),
  contract_version: z.string(),
});
const partRow = z.object({ date: z.string(), number: z.coerce.number(), sha256: z.string() });

/**
 * Writes the published rows of a ticker's year into one file, where enough of them lie in files of their own only.
 * Derived: bronze stays as it is, and what is written may be deleted at any time.
 */
export async function compactLake(store: LocalStore, options: CompactOptions): Promise<CompactReport> {
  const temporaryFolder = store.pathOf(pendingKey());
  const engine = await Engine.open({
    temporaryFolder,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    await engine.run(`attach ':memory:' as lake`);
    await copyPublications(engine, options.indexPath);
    await readParts(store, engine, options.onIgnored);
    const years = await looseYears(engine, options.atLeast);
    let [files, cells] = [0, 0];
    for (const year of years) {
      options.onProgress?.(`compact ${files} of ${years.length} files`);
      const held = await compactYear(store, engine, await withParts(engine, year));
      if (held > 0) files += 1;
      cells += held;
    }
    return { files, cells };
  } finally {
    engine.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

async function copyPublications(engine: Engine, indexPath: string): Promise<void> {
  await withIndex(engine, indexPath, () =>
    engine.run(`create table lake.main.published as
      select source, resource, ticker, date, year(date) as year, number, sha256, contract_version from lake_index.publications
      where contract_version is not null and sha256 is not null`),
  );
}

/** The parts of all compact files there are. */
async function readParts(
  store: LocalStore,
  engine: Engine,
  onIgnored: CompactOptions['onIgnored'],
): Promise<void> {
  await engine.run(
    'create table lake.main.parts (source varchar, resource varchar, ticker varchar, date date, sha256 varchar)',
  );
  const compacted = await findCompacted(store, (sentence) => onIgnored?.(sentence));
  const paths = [...compacted.values()].flat().map(({ path }) => filePath(path));
  if (paths.length === 0) return;
  await engine.run(`insert into lake.main.parts
    select distinct source_id, resource_id, ticker_id, bar_date, __part_sha256
    from read_parquet([${paths.join(', ')}], hive_partitioning = false)`);
}

/**
 * The tickers' years that lack enough cells, each with the version of most of its cells: the others stay files of
 * their own.
 */
async function looseYears(engine: Engine, atLeast: number): Promise<z.infer<typeof yearRow>[]> {
  return engine.rows(
    yearRow,
    `with versions as (
        select source, resource, ticker, year, contract_version, count(*) as cells, count(*) - count(parts.sha256) as loose
        from lake.published as published
        left join lake.parts as parts using (source, resource, ticker, date, sha256)
        group by all
    )
    select source, resource, ticker, year, contract_version from versions
    qualify row_number() over (
        partition by source, resource, ticker, year order by cells desc, contract_version desc
    ) = 1 and loose >= ${atLeast}
    order by all`,
  );
}

async function withParts(
  engine: Engine,
  { source, resource, ticker, year, contract_version: contractVersion }: z.infer<typeof yearRow>,
): Promise<YearToCompact> {
  const parts = await engine.rows(
    partRow,
    `select date::varchar as date, number, sha256 from lake.published
    where source = ${literal(source)} and resource = ${literal(resource)} and ticker = ${literal(ticker)}
      and year = ${year} and contract_version = ${literal(contractVersion)}
    order by date`,
  );
  return { dataset: datasetId(source, resource), ticker, year, contractVersion, parts };
}
