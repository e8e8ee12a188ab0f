import type { LakeIndex } from '../lake/lake-index.ts';
import {
  datasetId,
  splitDataset,
  type CellKey,
  type CellState,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { RunRequest } from '../workflows/pure/run.ts';
import { datesWanted, type DateRange, type KnownCell, type Memory, type PlannedAsset } from './due-cells.ts';

/** A cell and what the lake remembers of it. */
export type Remembered = CellKey & { readonly known: KnownCell };

const columns = `source, resource, ticker, state, run, code, coalesce(reason, acceptance_reason) as reason,
    is_accepted::varchar as is_accepted, batch_id, ingestion_date`;

/** Which cells a memory is read for. */
export interface MemoryScope {
  readonly datasets: readonly DatasetId[];
  readonly range: DateRange;
}

/** Reads what the lake remembers of the cells that a request asks for. */
export async function memoryFor(
  index: LakeIndex,
  request: RunRequest,
  assets: readonly PlannedAsset[],
  now: Date,
): Promise<Memory> {
  const range = datesWanted(request, assets, now);
  if (range === undefined) return () => undefined;
  return readMemory(index, { datasets: assets.map(({ dataset }) => dataset), range });
}

/**
 * Reads what the lake remembers, to be looked up by cell; of all cells unless a scope is given. What is the same for
 * many cells, as after a backfill, comes as one row with its dates: there may be a million cells.
 */
export async function readMemory(index: LakeIndex, scope?: MemoryScope): Promise<Memory> {
  const { where, values } = scopeWords(scope);
  const rows = await index.rows(
    `select ${columns}, list(date::varchar) as dates from cells ${where} group by all`,
    values,
  );
  const known = new Map<string, Map<PartitionDate, KnownCell>>();
  for (const { dates, ...row } of rows) {
    // The view's own columns: text throughout, null where a record says nothing; and a list of dates.
    const cell = remembered(row as Record<string, string | null>);
    const own = known.get(keyOf(cell)) ?? new Map<PartitionDate, KnownCell>();
    known.set(keyOf(cell), own);
    for (const date of dates as PartitionDate[]) own.set(date, cell.known);
  }
  return (dataset, ticker, date) => known.get(keyOf({ dataset, ticker }))?.get(date);
}

function keyOf({ dataset, ticker }: Pick<CellKey, 'dataset' | 'ticker'>): string {
  return `${dataset}/${ticker}`;
}

function scopeWords(scope: MemoryScope | undefined): { where: string; values: Record<string, string> } {
  if (scope === undefined) return { where: '', values: {} };
  const datasets = [...new Set(scope.datasets)];
  const names = datasets.map((_, place) => `$dataset${place}`).join(', ');
  return {
    where: `where date between $from::date and $to::date and concat(source, '.', resource) in (${names})`,
    values: {
      ...scope.range,
      ...Object.fromEntries(datasets.map((dataset, place) => [`dataset${place}`, dataset])),
    },
  };
}

/** Finds the cells of a scope that were ever published: a file of each lies in bronze, whatever became of it since. */
export async function readPublished(
  index: Pick<LakeIndex, 'rows'>,
  scope: MemoryScope,
): Promise<(cell: CellKey) => boolean> {
  const { where, values } = scopeWords(scope);
  const rows = await index.rows(
    `select source, resource, ticker, date::varchar as date from publications ${where}`,
    values,
  );
  // The view's own columns, none of them null.
  const published = new Set(
    (rows as Record<'source' | 'resource' | 'ticker' | 'date', string>[]).map(
      ({ source, resource, ticker, date }) => `${datasetId(source, resource)}/${ticker}/${date}`,
    ),
  );
  return ({ dataset, ticker, date }) => published.has(`${dataset}/${ticker}/${date}`);
}

/** Reads what the lake remembers of all cells, or of those that were refused or failed. */
export async function knownCells(index: LakeIndex, which: 'all' | 'troubled'): Promise<Remembered[]> {
  const where = which === 'all' ? '' : "where state in ('refused', 'failed')";
  const rows = await index.rows(
    `select ${columns}, date::varchar as date from cells ${where} order by source, resource, ticker, date`,
  );
  // The view's own columns: text throughout, null where a record says nothing.
  return (rows as Record<string, string | null>[]).map(remembered);
}

/** Reads what the lake remembers of one cell; undefined where nothing was ever done. */
export async function knownCell(
  index: LakeIndex,
  { dataset, ticker, date }: CellKey,
): Promise<KnownCell | undefined> {
  const { source, resource } = splitDataset(dataset);
  const rows = await index.rows(
    `select ${columns}, date::varchar as date from cells
     where source = $source and resource = $resource and ticker = $ticker and date = $date::date`,
    { source, resource, ticker, date },
  );
  // The view's own columns: text throughout, null where a record says nothing.
  return (rows as Record<string, string | null>[]).map(remembered)[0]?.known;
}

function remembered(row: Record<string, string | null>): Remembered {
  const known: KnownCell = {
    state: row['state'] as CellState,
    ...(row['run'] ? { run: row['run'] } : {}),
    ...(row['code'] ? { code: row['code'] } : {}),
    ...(row['reason'] ? { reason: row['reason'] } : {}),
    ...(row['is_accepted'] === 'true' ? { isAccepted: true } : {}),
    ...(row['batch_id'] && row['ingestion_date']
      ? { batch: { id: row['batch_id'], ingestionDate: row['ingestion_date'] } }
      : {}),
  };
  return {
    dataset: datasetId(row['source'] ?? '', row['resource'] ?? ''),
    ticker: row['ticker'] ?? '',
    date: row['date'] ?? '',
    known,
  };
}
