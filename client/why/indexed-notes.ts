import { z } from 'zod';
import type { LakeIndex } from '../../lake/lake-index.ts';
import { splitDataset, type CellKey, type DatasetId, type PartitionDate } from '../../workflows/pure/cell.ts';

const closedRow = z.object({ recordedAt: z.string(), run: z.string(), reason: z.string().nullable() });
const failureRow = z.object({
  recordedAt: z.string(),
  run: z.string(),
  workflowId: z.string().nullable(),
  workflowRunId: z.string().nullable(),
  code: z.string(),
  reason: z.string(),
});

/** A plan that found the cell's day closed. */
export type ClosedNote = Readonly<z.infer<typeof closedRow>>;
/** A window with this cell in it that could not be fetched. */
export type WindowFailure = Readonly<z.infer<typeof failureRow>>;

const instant = "strftime(recorded_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')";

/** Reads what is recorded of a cell together with others: closed days, and windows that failed. */
export async function readIndexedNotes(
  index: LakeIndex,
  { dataset, ticker, date }: CellKey,
): Promise<{ readonly closedNotes: ClosedNote[]; readonly windowFailures: WindowFailure[] }> {
  const cell = { ...splitDataset(dataset), ticker, date };
  const closed = await index.rows(
    `select ${instant} as "recordedAt", run, reason from cell_records
     where number = 0 and source = $source and resource = $resource and ticker = $ticker and date = $date::date`,
    cell,
  );
  const failures = await index.rows(
    `select ${instant} as "recordedAt", run, workflow_id as "workflowId", workflow_run_id as "workflowRunId", code, reason
     from window_records, unnest(from_json(body -> 'cells', '[{"ticker":"VARCHAR","date":"DATE"}]')) as unnested (cell)
     where event = 'failed' and source = $source and resource = $resource
         and cell.ticker = $ticker and cell.date = $date::date
     order by recorded_at`,
    cell,
  );
  return {
    closedNotes: z.array(closedRow).parse(closed),
    windowFailures: z.array(failureRow).parse(failures),
  };
}

/** Lists the datasets in which the lake knows something of a ticker's day. */
export async function datasetsKnowing(
  index: LakeIndex,
  ticker: string,
  date: PartitionDate,
): Promise<DatasetId[]> {
  const rows = await index.rows(
    `select concat(source, '.', resource) as dataset from cells where ticker = $ticker and date = $date::date
     union
     select concat(source, '.', resource) as dataset from snapshot_members where ticker = $ticker and date = $date::date
     order by dataset`,
    { ticker, date },
  );
  return z
    .array(z.object({ dataset: z.string() }))
    .parse(rows)
    .map(({ dataset }) => dataset);
}
