import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { checkedDate, checkTicker } from '../run/run-request.ts';
import { everySource, type PlannedAsset } from '../../plan/due-cells.ts';
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
  checkTicker(words.ticker, lake);
  const own = everySource(await lake.planned(now)).filter(({ ticker }) => ticker === words.ticker);
  const asset = own.find(({ dataset }) => words.dataset === undefined || dataset === words.dataset);
  if (asset) return { asset, cell: { dataset: asset.dataset, ticker: asset.ticker, date } };
  const known = own.map(({ dataset }) => dataset).join(', ');
  throw new WrongUse(
    `${words.ticker} is not taken from "${words.dataset ?? ''}". Write --dataset ${known}, or leave it out.`,
  );
}

/** `AAPL 2026-11-19 (massive.daily_bars)`. */
export function nameOfCell({ ticker, date, dataset }: CellKey): string {
  return `${ticker} ${date} (${dataset})`;
}
