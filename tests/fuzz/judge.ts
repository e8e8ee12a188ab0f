import type { Contract } from '../../contracts/contract.ts';

/** The measures of a row; the rest of it is the house's. */
export type Measures = Readonly<Record<string, number | null>>;

/** Compares as DuckDB sorts: NaN is equal to itself and above every number. Null where one is absent: nobody knows. */
function above(left: number | null | undefined, right: number | null | undefined): boolean {
  if (left === null || left === undefined || right === null || right === undefined) return false;
  if (Number.isNaN(left)) return !Number.isNaN(right);
  return left > right;
}

function times(value: number | null | undefined, factor: number): number | null {
  return value === null || value === undefined ? null : value * factor;
}

function product(one: number | null | undefined, other: number | null | undefined): number | null {
  return other === null || other === undefined ? null : times(one, other);
}

/** The rules written under `quality` in our contracts, said a second time in another language. */
const offends: Readonly<Record<string, (row: Measures) => boolean>> = {
  one_row: () => false,
  rows_there: () => false,
  one_split_a_day: () => false,
  // Dates are the house's, as the rest of the row is.
  not_before_what_was_asked: () => false,
  ratio_told: ({ split_from, split_to }) => !isAmount(split_from) || !isAmount(split_to),
  amount_told: ({ cash_amount }) => !isAmount(cash_amount),
  // Counts are whole, or of another type.
  numbers_finite: ({ trade_count: _, rank: _rank, market_cap_rank: _place, ...row }) =>
    Object.values(row).some((value) => value !== null && !Number.isFinite(value)),
  low_not_above_high: ({ low, high }) => above(low, high),
  open_within_low_and_high: ({ open, low, high }) => above(low, open) || above(open, high),
  close_within_low_and_high: ({ close, low, high }) => above(low, close) || above(close, high),
  high_and_low_together: ({ low, high }) => (low === null) !== (high === null),
  volume_above_zero: ({ volume }) => volume === 0,
  vwap_near_low_and_high: ({ vwap, low, high }) =>
    above(times(low, 0.99), vwap) || above(vwap, times(high, 1.01)),
  vwap_within_low_and_high: ({ volume, vwap, low, high }) =>
    above(volume, 0) && (above(times(low, 0.999), vwap) || above(vwap, times(high, 1.001))),
  quote_volume_fits_price: ({ volume, quote_volume, low, high }) =>
    above(volume, 0) &&
    (above(times(product(low, volume), 0.999), quote_volume) ||
      above(quote_volume, times(product(high, volume), 1.001))),
  market_cap_present: ({ market_cap }) => market_cap === null,
  volume_present: ({ volume }) => volume === null,
  price_present: ({ price }) => price === null,
  high_not_below_low: ({ high_24h, low_24h }) => above(low_24h, high_24h),
  cap_is_price_times_supply: ({ price, circulating_supply: supply, market_cap: cap }) =>
    above(cap, 0) && above(supply, 0) && above(awayFromOne(price, supply, cap), 0.05),
  supply_not_above_its_bound: ({ circulating_supply, max_supply }) =>
    above(max_supply, 0) && above(circulating_supply, times(max_supply, 1.001)),
  // The instant is the house's, as the rest of the row is.
  from_its_own_day: () => false,
  last_updated_present: () => false,
};

function isAmount(value: number | null | undefined): boolean {
  return value !== null && value !== undefined && Number.isFinite(value) && value > 0;
}

/** How far price times supply lies from what the source calls the capitalisation, as a share of it. */
function awayFromOne(
  price: number | null | undefined,
  supply: number | null | undefined,
  cap: number | null | undefined,
): number | null {
  if (price === null || price === undefined) return null;
  return Math.abs((price * (supply ?? 0)) / (cap ?? 0) - 1);
}

/**
 * Says which rules a row breaks, or leaves unmeasured, without SQL: a second reader of what a contract means.
 * @throws Error for a rule that it does not know, so that a new one is said here too.
 */
export function brokenBy(contract: Contract, row: Measures): string[] {
  const ofColumns = measuresOf(contract).flatMap(({ name, required, limits, logicalType }) => {
    const value = row[name] ?? null;
    const isStored = logicalType !== 'integer' || value === null || Number.isSafeInteger(value);
    const broken = limits.filter((limit) => !isStored || (value !== null && !keeps(value, limit)));
    return [
      ...(isStored ? [] : [`${name}.type`]),
      ...(required && (value === null || !isStored) ? [`${name}.required`] : []),
      ...broken.map(({ kind }) => `${name}.${kind}`),
    ];
  });
  const ofRules = contract.rules.filter(({ name }) => {
    const isBroken = offends[name];
    if (isBroken === undefined) throw new Error(`say in tests/fuzz/judge.ts what breaks ${name}`);
    return isBroken(row);
  });
  return [...ofColumns, ...ofRules.map(({ name }) => `rule.${name}`)].sort();
}

/** The columns that hold what a source measured. */
export function measuresOf(contract: Contract): Contract['columns'] {
  return contract.columns.filter(({ logicalType }) => logicalType === 'number' || logicalType === 'integer');
}

function keeps(
  value: number,
  { kind, value: bound }: Contract['columns'][number]['limits'][number],
): boolean {
  switch (kind) {
    case 'minimum':
      return value >= bound;
    case 'maximum':
      return value <= bound;
    case 'exclusiveMinimum':
      return value > bound;
    case 'exclusiveMaximum':
      return value < bound;
  }
}
