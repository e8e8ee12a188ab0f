import { z } from 'zod';
import { datasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import type { Engine } from './engine.ts';
import { bronzeTable } from './bronze-tables.ts';
import type { DatasetOfBuild, UnsettledCell } from './inputs.ts';
import { identifier } from './sql-text.ts';

const unsettledRow = z.object({
  source: z.string(),
  resource: z.string(),
  ticker: z.string(),
  date: z.string().transform((date): PartitionDate => date),
  found: z.enum(['nothing', 'unknown batch', 'older publication']),
});

/**
 * Finds for each file that was read the publication it comes from, by batch and contract version, and keeps
 * it in `lake.publications`; drops the rows of files that no record explains. A record is written before its
 * file is moved, and another run may publish while we read, so the two need not agree for every cell.
 */
export async function settlePublications(
  engine: Engine,
  datasets: readonly DatasetOfBuild[],
): Promise<UnsettledCell[]> {
  await engine.run(`create table lake.main.files_read as ${filesRead(datasets)}`);
  await engine.run(`create table lake.main.publications as
    with known as (
        select source, resource, ticker, date, number, recorded_at, run, workflow_id, batch_id, sha256, size_bytes, row_count, contract_version
        from lake.cell_records where state = 'published' and event <> 'unchanged'
        union
        select source, resource, ticker, date, number, recorded_at, run, workflow_id, batch_id, sha256, size_bytes, row_count, contract_version
        from lake.current_publications
    )
    select known.*, files_read.ingested_at from known
    inner join lake.files_read using (source, resource, ticker, date, batch_id, contract_version)
    qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1`);
  for (const dataset of datasets) await dropUnexplained(engine, dataset);
  const unsettled = await engine.rows(unsettledRow, unsettledSql);
  await engine.run('drop table lake.main.files_read');
  return unsettled.map(({ source, resource, ...cell }) => ({
    dataset: datasetId(source, resource),
    ...cell,
  }));
}

const unsettledSql = `select source, resource, ticker, date::varchar as date,
        case when files_read.batch_id is null then 'nothing'
            when publications.number is null then 'unknown batch'
            else 'older publication' end as found
    from lake.current_publications as current_publications
    left join lake.files_read as files_read using (source, resource, ticker, date)
    left join lake.publications as publications using (source, resource, ticker, date)
    where publications.number is distinct from current_publications.number
    order by all`;

function filesRead(datasets: readonly DatasetOfBuild[]): string {
  const none = `select source, resource, ticker, date, batch_id, contract_version, cast(null as timestamptz) as ingested_at from lake.current_publications where false`;
  const each = datasets.map(
    (dataset) => `select distinct source, resource, ticker, date, __batch_id, __schema_version, __ingested_at
    from bronze.main.${identifier(bronzeTable(dataset.id))}`,
  );
  return [none, ...each].join(' union all ');
}

async function dropUnexplained(engine: Engine, dataset: DatasetOfBuild): Promise<void> {
  await engine.run(`delete from bronze.main.${identifier(bronzeTable(dataset.id))} as file where not exists (
    from lake.publications as known where known.source = file.source and known.resource = file.resource
        and known.ticker = file.ticker and known.date = file.date)`);
}
