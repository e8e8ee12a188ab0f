import type { LakeIndex } from '../lake/lake-index.ts';
import { datasetId, type CellKey, type DatasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import type { BatchRef, JudgedAgainCause, RunRequest } from '../workflows/pure/run.ts';
import type { DueCell, PlannedAsset } from './due-cells.ts';

/** A cell that was judged before, the batch it is judged from again, and the contract that judged it. */
export interface JudgedCell extends CellKey {
  /** Published: a file of it lies in bronze, and its batch is that file's. */
  readonly state: 'published' | 'refused';
  readonly batch: BatchRef;
  /** The source's name of the asset when the batch was read; undefined where no record says it. */
  readonly symbol?: string;
  readonly contractVersion: string;
  /** Undefined in records that do not name it. */
  readonly contractSha256?: string;
}

/** Which judged cells. */
export type JudgedFilter = Pick<Extract<RunRequest, { kind: 'reaudit' }>, 'tickers' | 'range'>;

/** A contract, as far as cells that were judged before are held against it. */
export interface CurrentContract {
  readonly dataset: DatasetId;
  readonly version: string;
  readonly sha256: string;
}

/**
 * The newest judgement of each cell: a refusal, or the file in bronze. Of a refused cell it is the batch that was
 * refused, since that is what the source said last. Given up or closed cells are left alone.
 */
const judgedSql = `
with newest as (
    select * from cell_records
    qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1
),
judged as (
    select * from cell_records
    where event in ('published', 'unchanged', 'refused')
    qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1
),
published as (
    select * from cell_records
    where event = 'published'
    qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1
)
select
    judged.source, judged.resource, judged.ticker, judged.date::varchar as date,
    case when judged.event = 'refused' then 'refused' else 'published' end as state,
    case when judged.event = 'refused' then judged.batch_id else published.batch_id end as batch_id,
    case when judged.event = 'refused' then judged.ingestion_date else published.ingestion_date end as ingestion_date,
    coalesce(judged.symbol, published.symbol) as symbol,
    judged.contract_version, judged.contract_sha256
from judged
inner join newest using (source, resource, ticker, date)
left join published using (source, resource, ticker, date)
where newest.event not in ('skipped', 'closed')`;

/** Finds the cells whose newest judgement was made under another contract than these. */
export async function cellsOfOtherContracts(
  index: LakeIndex,
  contracts: readonly CurrentContract[],
  filter: JudgedFilter,
): Promise<JudgedCell[]> {
  const others: JudgedCell[] = [];
  for (const { dataset, version, sha256 } of contracts) {
    const cells = await judgedCells(
      index,
      `concat(source, '.', resource) = $dataset and ticker_fits and date_fits
       and (coalesce(contract_sha256, $sha256) <> $sha256 or contract_version is distinct from $version)`
        .replace(
          'ticker_fits',
          filter.tickers ? "list_contains(string_split($tickers, ','), ticker)" : 'true',
        )
        .replace('date_fits', filter.range ? 'date between $from and $to' : 'true'),
      {
        ...{ dataset, version, sha256 },
        ...(filter.tickers ? { tickers: filter.tickers.join(',') } : {}),
        ...filter.range,
      },
    );
    for (const cell of cells) others.push(cell);
  }
  return others;
}

/** Finds published cells that a person accepted for a time that is over. */
export async function lapsedCells(index: LakeIndex, today: PartitionDate): Promise<JudgedCell[]> {
  return judgedCells(
    index,
    `exists (
        select 1 from cells
        where cells.source = judged_cells.source and cells.resource = judged_cells.resource
            and cells.ticker = judged_cells.ticker and cells.date::varchar = judged_cells.date
            and cells.is_accepted and cells.accepted_until < $today::date
     )`,
    { today },
  );
}

/** Makes cells of a plan out of judged ones; those whose asset is configured no more are left out. */
export function dueAgain(
  cells: readonly JudgedCell[],
  assets: readonly PlannedAsset[],
  cause: JudgedAgainCause,
): DueCell[] {
  const byKey = new Map(assets.map((asset) => [`${asset.dataset}/${asset.ticker}`, asset]));
  return cells.flatMap(({ dataset, ticker, date, state, symbol, batch }) => {
    const asset = byKey.get(`${dataset}/${ticker}`);
    if (!asset) return [];
    const named = { ...asset, symbol: symbol ?? asset.symbol };
    return [{ asset: named, date, known: { state, batch }, fate: { kind: 'todo' as const, cause, batch } }];
  });
}

async function judgedCells(
  index: LakeIndex,
  where: string,
  values: Record<string, string>,
): Promise<JudgedCell[]> {
  const sql = `select * from (${judgedSql}) as judged_cells where ${where} order by source, resource, ticker, date`;
  // The query's own columns: text throughout, null where a record says nothing.
  const rows = (await index.rows(sql, values)) as Record<string, string | null>[];
  return rows.flatMap(judgedCell);
}

/** A judgement that names no batch leaves nothing to judge again. */
function judgedCell(row: Record<string, string | null>): JudgedCell[] {
  const [id, ingestionDate] = [row['batch_id'], row['ingestion_date']];
  if (!id || !ingestionDate) return [];
  return [
    {
      dataset: datasetId(row['source'] ?? '', row['resource'] ?? ''),
      ticker: row['ticker'] ?? '',
      date: row['date'] ?? '',
      state: row['state'] === 'refused' ? 'refused' : 'published',
      batch: { id, ingestionDate },
      ...(row['symbol'] ? { symbol: row['symbol'] } : {}),
      contractVersion: row['contract_version'] ?? '',
      ...(row['contract_sha256'] ? { contractSha256: row['contract_sha256'] } : {}),
    },
  ];
}
