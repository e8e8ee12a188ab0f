import { countOf } from '../../workflows/pure/count-of.ts';

/** What became of the observed closes between two warehouses. */
export interface ClosesDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Tickers with a changed close. */
  readonly tickersChanged: number;
  /** The largest change of a close in percent of the old one; null where none has changed. */
  readonly largestPct: number | null;
  /** Closes that are as they were, and adjusted for splits otherwise than before; absent: none. */
  readonly readjusted?: number;
}

/** One column of one changed row. */
export interface ChangedValue {
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A row that is in both warehouses, with the columns in which they differ. */
export interface ChangedRow {
  readonly key: Readonly<Record<string, string | null>>;
  readonly values: readonly ChangedValue[];
}

/** A model that is not the same in both warehouses. */
export interface ModelDifference {
  readonly model: string;
  /** Whether both warehouses have it. */
  readonly presence: 'both' | 'added' | 'removed';
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  readonly rowsChanged: number;
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
  readonly examples: readonly ChangedRow[];
}

/** How two warehouses differ; of what is the same nothing is said. */
export interface WarehouseDifference {
  /** Null where one of them has no daily prices. */
  readonly closes: ClosesDifference | null;
  readonly models: readonly ModelDifference[];
}

/** True where two warehouses say the same of the market. */
export function isSame(difference: WarehouseDifference): boolean {
  return difference.models.length === 0;
}

/** Says a difference in the words of the market: `12 closes changed, 3 tickers, largest 0.4 %; 2 models differ`. */
export function differenceWords(difference: WarehouseDifference): string {
  if (isSame(difference)) return 'nothing differs';
  const count = (presence: ModelDifference['presence']): number =>
    difference.models.filter((model) => model.presence === presence).length;
  const parts = [
    ...closesWords(difference.closes),
    ...said(count('both'), (models) => `${countOf(models, 'model')} ${models === 1 ? 'differs' : 'differ'}`),
    ...said(count('added'), (models) => `${countOf(models, 'model')} added`),
    ...said(count('removed'), (models) => `${countOf(models, 'model')} removed`),
  ];
  return parts.join('; ');
}

function closesWords(closes: ClosesDifference | null): string[] {
  if (closes === null) return [];
  const { added, removed, changed, tickersChanged, largestPct, readjusted = 0 } = closes;
  const largest = largestPct === null ? '' : `, largest ${percent(largestPct)} %`;
  return [
    ...said(
      changed,
      () => `${countOf(changed, 'close')} changed, ${countOf(tickersChanged, 'ticker')}${largest}`,
    ),
    ...said(added, () => `${countOf(added, 'close')} added`),
    ...said(removed, () => `${countOf(removed, 'close')} removed`),
    ...said(readjusted, () => `${countOf(readjusted, 'close')} adjusted otherwise for splits`),
  ];
}

function said(count: number, words: (count: number) => string): string[] {
  return count === 0 ? [] : [words(count)];
}

/** Two digits that say something, and never an exponent. */
function percent(value: number): string {
  return value >= 10 ? value.toFixed(1) : value >= 0.001 ? String(Number(value.toPrecision(2))) : '< 0.001';
}
