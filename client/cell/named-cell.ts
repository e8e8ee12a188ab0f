import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { datasetsKnowing } from '../why/indexed-notes.ts';
import { checkedDate, checkTicker } from '../run/run-request.ts';
import { everySource, type PlannedAsset } from '../../plan/due-cells.ts';
import { memberOf } from '../../plan/planned-snapshots.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

/** A cell as a person names it. */
export interface CellWords {
  readonly date: string;
  readonly ticker: string;
  /** Left out: the dataset from which the ticker is taken. */
  readonly dataset?: string;
}

/** A cell that was named, with what planning knows of its asset. */
export interface NamedCell {
  readonly cell: CellKey;
  readonly asset: PlannedAsset;
}

/**
 * Finds the cell that a person named.
 * @throws WrongUse where the date, the ticker or the dataset is none of this lake's.
 */
export async function namedCell(words: CellWords, lake: OpenLake, now: Date): Promise<NamedCell> {
  const date = checkedDate('DATE', words.date, now);
  const ofSnapshot = await snapshotCell({ ...words, date }, lake);
  if (ofSnapshot) return ofSnapshot;
  checkTicker(words.ticker, lake);
  const own = everySource(await lake.planned(now)).filter(({ ticker }) => ticker === words.ticker);
  const asset = own.find(({ dataset }) => words.dataset === undefined || dataset === words.dataset);
  if (asset) return { asset, cell: { dataset: asset.dataset, ticker: asset.ticker, date } };
  const known = own.map(({ dataset }) => dataset).join(', ');
  throw new WrongUse(
    `${words.ticker} is not taken from "${words.dataset ?? ''}". Write --dataset ${known}, or leave it out.`,
  );
}

/**
 * Finds a cell of a snapshot: a member of that day, or the whole day. An asset of the same ticker goes before, unless the
 * dataset is named.
 */
async function snapshotCell(
  { date, ticker, dataset: wanted }: CellWords,
  lake: OpenLake,
): Promise<NamedCell | undefined> {
  const isAsset = lake.settings.assets.some((asset) => asset.ticker === ticker);
  const snapshots = lake
    .plannedSnapshots()
    .filter(({ dataset }) => (wanted === undefined ? !isAsset : dataset === wanted));
  if (snapshots.length === 0) return undefined;
  const known = await datasetsKnowing(lake.index, ticker, date);
  const own = snapshots.filter(({ dataset }) => known.includes(dataset));
  const [snapshot, other] = own;
  if (snapshot && other) {
    throw new WrongUse(
      `${ticker} is in several snapshots of ${date}. Write --dataset with one of: ${own.map(({ dataset }) => dataset).join(', ')}.`,
    );
  }
  if (snapshot)
    return { asset: memberOf(snapshot, ticker), cell: { dataset: snapshot.dataset, ticker, date } };
  if (wanted === undefined) return undefined;
  throw new WrongUse(
    `${ticker} is no cell of the snapshot ${wanted} of ${date}. Its days: npx tsx client/status.ts --from ${date} --to ${date}`,
  );
}

/** `AAPL 2026-11-19 (massive.daily_bars)`. */
export function nameOfCell({ ticker, date, dataset }: CellKey): string {
  return `${ticker} ${date} (${dataset})`;
}
