import type { LakeIndex } from '../lake/lake-index.ts';
import {
  addDays,
  datasetId,
  type CellKey,
  type CellState,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { Look } from '../workflows/pure/run.ts';
import { earliestDate, type DueCell, type PlannedAsset } from './due-cells.ts';
import { finalAt, lastFinalDate, newestFinalDate, type Finality } from './finality.ts';

/** A published cell, and when its source was last asked about it. */
export interface LookedCell extends CellKey {
  readonly state: CellState;
  /** When the batch was staged that last said something of it. */
  readonly lookedAt: Date;
}

/** What is looked at again, and when. */
export interface RelookRule {
  /** So many days after a day was final; ascending, none: never. */
  readonly afterDays: readonly number[];
  /** The day of the daily run that asks. */
  readonly date: PartitionDate;
  readonly now: Date;
}

/**
 * What was asked last of each published cell, by what the records say. Judging a staged batch again asks nobody, and
 * neither does trouble with the disk; that the source has the day no more is an answer.
 */
const lookedSql = `
with staged as (
    select batch_id, max(recorded_at) as staged_at from window_records
    where event = 'staged' and batch_id is not null
    group by batch_id
),
looked as (
    select
        records.source, records.resource, records.ticker, records.date,
        max(coalesce(staged.staged_at, records.recorded_at)) as looked_at,
        max(try_cast(records.look as integer)) as look
    from cell_records as records
    left join staged using (batch_id)
    where records.cause is null and records.batch_id is not null
        and (records.event in ('published', 'unchanged', 'refused') or records.code = 'NoData')
    group by all
)
select
    source, resource, ticker, date::varchar as date, cells.state,
    epoch_ms(looked.looked_at)::varchar as looked_at_ms
from looked
inner join cells using (source, resource, ticker, date)
where cells.state in ('published', 'refused', 'failed')
    and exists (from publications as published where published.source = looked.source
        and published.resource = looked.resource and published.ticker = looked.ticker and published.date = looked.date)`;

/** Leaves out what no exact look at the clock could find due: there may be a million cells, and few are. */
const mayBeDue = `
    and coalesce(looked.look, 0) < $days::integer
    and looked.looked_at::date < date + $days::integer + 3`;

/**
 * Finds the published cells that a daily run looks at again. The newest look that is due stands for those before it that
 * were missed. Only the run of the newest final day looks again, or several that make up for an outage would all ask.
 */
export async function dueLooks(
  index: Pick<LakeIndex, 'rows'>,
  assets: readonly PlannedAsset[],
  rule: RelookRule,
): Promise<DueCell[]> {
  const most = rule.afterDays.at(-1);
  const finalities = assets.map((asset) => asset.final);
  if (most === undefined || rule.date !== newestFinalDate(rule.now, finalities)) return [];
  const rows = await index.rows(`${lookedSql}${mayBeDue} order by all`, { days: String(most) });
  return looksOf(rows.map(lookedCell), assets, rule);
}

/** Decides which of some published cells are due for which look. */
export function looksOf(
  cells: readonly LookedCell[],
  assets: readonly PlannedAsset[],
  { afterDays, now }: RelookRule,
): DueCell[] {
  const dueBy = rememberedLooks(afterDays, now);
  return asLooks(cells, assets, now, ({ date, lookedAt }, { final }) => {
    const due = dueBy(final, date);
    return due !== undefined && lookedAt < due.since ? due.days : undefined;
  });
}

/** The newest look that a day is due for, and since when; worked out once for each day and source's rule. */
function rememberedLooks(
  afterDays: readonly number[],
  now: Date,
): (final: Finality, date: PartitionDate) => { readonly days: number; readonly since: Date } | undefined {
  const lasts = new Map<string, PartitionDate>();
  const dues = new Map<string, { readonly days: number; readonly since: Date } | undefined>();
  return (final, date) => {
    const rule = `${final.time} ${final.timeZone}`;
    const key = `${rule} ${date}`;
    if (dues.has(key)) return dues.get(key);
    const last = lasts.get(rule) ?? lastFinalDate(now, final);
    lasts.set(rule, last);
    const days = afterDays.filter((after) => addDays(date, after) <= last).at(-1);
    const due = days === undefined ? undefined : { days, since: finalAt(addDays(date, days), final) };
    dues.set(key, due);
    return due;
  };
}

/** Finds every published cell of an asset but some, to be looked at again with its whole history. */
export async function historyLooks(
  index: Pick<LakeIndex, 'rows'>,
  asset: PlannedAsset,
  butDates: ReadonlySet<PartitionDate>,
  now: Date,
): Promise<DueCell[]> {
  const rows = await index.rows(
    `${lookedSql} and concat(source, '.', resource) = $dataset and ticker = $ticker order by all`,
    { dataset: asset.dataset, ticker: asset.ticker },
  );
  const cells = rows.map(lookedCell).filter(({ date }) => !butDates.has(date));
  return asLooks(cells, [asset], now, () => 'history');
}

/** What lies beyond the source's history cannot be looked at, and neither can an asset that is configured no more. */
function asLooks(
  cells: readonly LookedCell[],
  assets: readonly PlannedAsset[],
  now: Date,
  lookAt: (cell: LookedCell, asset: PlannedAsset) => Look | undefined,
): DueCell[] {
  const known = new Map(
    assets.map((asset) => [
      `${asset.dataset}/${asset.ticker}`,
      { asset, earliest: earliestDate(asset, now) },
    ]),
  );
  return cells.flatMap((cell): DueCell[] => {
    const of = known.get(`${cell.dataset}/${cell.ticker}`);
    if (!of || (of.earliest !== null && cell.date < of.earliest)) return [];
    const look = lookAt(cell, of.asset);
    if (look === undefined) return [];
    return [{ asset: of.asset, date: cell.date, known: { state: cell.state }, fate: { kind: 'look', look } }];
  });
}

/** Adds looks to what a run is due to do anyway: what is asked for in any case is no look. */
export function withLooks(due: readonly DueCell[], looks: readonly DueCell[]): DueCell[] {
  if (looks.length === 0) return [...due];
  const keyOf = ({ asset, date }: DueCell): string => `${asset.dataset}/${asset.ticker}/${date}`;
  const taken = new Set(due.filter(({ fate }) => fate.kind !== 'published').map(keyOf));
  const wanted = looks.filter((look) => !taken.has(keyOf(look)));
  const looked = new Set(wanted.map(keyOf));
  return [...due.filter((cell) => !looked.has(keyOf(cell))), ...wanted];
}

function lookedCell(row: Record<string, unknown>): LookedCell {
  // The query's own columns: text throughout, none of them null.
  const { source, resource, ticker, date, state, looked_at_ms } = row as Record<string, string>;
  const dataset: DatasetId = datasetId(source ?? '', resource ?? '');
  return {
    dataset,
    ticker: ticker ?? '',
    date: date ?? '',
    state: state as CellState,
    lookedAt: new Date(Number(looked_at_ms)),
  };
}
