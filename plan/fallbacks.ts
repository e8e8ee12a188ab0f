import type { SourceErrorCode } from '../sources/source-error.ts';
import type { CellKey, PartitionDate } from '../workflows/pure/cell.ts';
import { stretchesNamed, type Covered, type CoveredStretch } from '../workflows/pure/fallback.ts';
import { earliestDate, type DueCell, type Memory, type PlannedAsset } from './due-cells.ts';
import { lastFinalDate } from './finality.ts';
import type { Remembered } from './memory.ts';
import { groupBy } from './windows.ts';

/** What is known of a run, and of the lake, when its cells have ended. */
export interface EndedCells {
  /** Every configured asset; those with one source are passed over. */
  readonly assets: readonly PlannedAsset[];
  /** The run's own cells that are refused or failed now. */
  readonly troubled: readonly Remembered[];
  /** Tells whether the run has had a cell in hand. */
  readonly isTried: (cell: CellKey) => boolean;
  /** Tells whether a file of a cell lies in bronze, whatever became of the cell since. */
  readonly hasPrice: (cell: CellKey) => boolean;
  readonly memory: Memory;
  readonly now: Date;
}

/** What follows for the assets that have several sources. */
export interface Fallbacks {
  /** Cells of the next source of each day that has no price from any. */
  readonly due: readonly DueCell[];
  /** The troubled cells of the days that have one. */
  readonly covered: Covered;
}

const ofSource: Readonly<Record<SourceErrorCode, true>> = {
  RateLimited: true,
  SourceUnavailable: true,
  WrongShape: true,
  WrongDay: true,
  DayOver: true,
  KeyRefused: true,
  RangeRefused: true,
  SymbolUnknown: true,
  RequestRefused: true,
};

/**
 * The codes by which it was the source that gave no price, or none that passes. What is wrong with the lake's disk, a
 * contract or this project another source would not mend.
 */
const sourceFaults: ReadonlySet<string> = new Set([
  ...Object.keys(ofSource),
  'EndlessAnswer',
  'NoData',
  'AuditRefused',
]);

/**
 * Decides what the fallbacks of a run are asked. A day is asked of one source after the other until one has a price, each
 * once in a run; a source that has no session then, was given up there, is not final yet or reaches less far back is
 * passed over.
 */
export function fallbacksOf(ended: EndedCells): Fallbacks {
  // What was published before has its price, whatever a further look at it found.
  const troubled = ended.troubled.filter(
    (cell) => sourceFaults.has(cell.known.code ?? '') && !ended.hasPrice(cell),
  );
  const byTicker = groupBy(troubled, ({ ticker }) => ticker);
  const due: DueCell[] = [];
  const covered: CoveredStretch[] = [];
  for (const asset of ended.assets) {
    const own = byTicker.get(asset.ticker) ?? [];
    if (!asset.fallbacks || own.length === 0) continue;
    const places = placesOf(asset, asset.fallbacks, ended);
    const prices = new Map<PartitionDate, PlannedAsset | undefined>();
    for (const [date, cells] of groupBy(own, (cell) => cell.date)) {
      const price = places.find((place) => ended.hasPrice(cellOf(place.asset, date)))?.asset;
      prices.set(date, price);
      if (!price) due.push(...nextCell(places, cells, date, ended));
    }
    covered.push(...stretchesOf(own, prices));
  }
  const cells = covered.reduce((count, stretch) => count + stretch.cells, 0);
  return { due, covered: { cells, stretches: covered.slice(0, stretchesNamed) } };
}

/** One source of an asset, and the days that it can give now. */
interface Place {
  readonly asset: PlannedAsset;
  readonly earliest: PartitionDate | null;
  readonly last: PartitionDate;
}

function placesOf(
  asset: PlannedAsset,
  fallbacks: readonly PlannedAsset[],
  { now }: EndedCells,
): readonly Place[] {
  return [asset, ...fallbacks].map((each) => ({
    asset: each,
    earliest: earliestDate(each, now),
    last: lastFinalDate(now, each.final),
  }));
}

function cellOf({ dataset, ticker }: PlannedAsset, date: PartitionDate): CellKey {
  return { dataset, ticker, date };
}

/** The cell of the next source after those that have failed, if there is one. */
function nextCell(
  places: readonly Place[],
  troubled: readonly Remembered[],
  date: PartitionDate,
  { isTried, memory }: EndedCells,
): DueCell[] {
  const first = places.findIndex(({ asset }) => troubled.some(({ dataset }) => dataset === asset.dataset));
  if (first < 0) return [];
  for (const { asset, earliest, last } of places.slice(first + 1)) {
    if (isTried(cellOf(asset, date)) || date > last || (earliest !== null && date < earliest)) continue;
    const known = memory(asset.dataset, asset.ticker, date);
    if (known?.state === 'skipped' || known?.state === 'closed') continue;
    return [{ asset, date, known, fate: { kind: 'todo' } }];
  }
  return [];
}

/** Gathers covered cells that follow each other among the troubled ones of their dataset. */
function stretchesOf(
  troubled: readonly Remembered[],
  prices: ReadonlyMap<PartitionDate, PlannedAsset | undefined>,
): CoveredStretch[] {
  const stretches: CoveredStretch[] = [];
  for (const [dataset, cells] of groupBy(troubled, (cell) => cell.dataset)) {
    let open: CoveredStretch | undefined;
    for (const { ticker, date } of [...cells].sort((one, other) => (one.date < other.date ? -1 : 1))) {
      const by = prices.get(date)?.dataset;
      const goesOn = open !== undefined && by === open.by;
      if (open && !goesOn) stretches.push(open);
      if (by === undefined) open = undefined;
      else if (open && goesOn) open = { ...open, to: date, cells: open.cells + 1 };
      else open = { dataset, ticker, from: date, to: date, cells: 1, by };
    }
    if (open) stretches.push(open);
  }
  return stretches;
}
