import { type PartitionDate, daysBetween } from '../../workflows/pure/cell.ts';
import type { ListedAsset } from './catalogue.ts';
import { draw } from './random.ts';

/** The first day of the sample market: nothing was ever traded before it. */
export const firstDay: PartitionDate = '2015-01-01';

/** One day of one asset. */
export interface Bar {
  readonly date: PartitionDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Average price of the day; null where the market did not tell it. */
  readonly average: number | null;
  /** Number of trades; null where the market did not tell it. */
  readonly trades: number | null;
}

/** What each draw of a day is for; a number is never reused, so that prices stay when a purpose is added. */
export const purposes = {
  moveA: 1,
  moveB: 2,
  gap: 3,
  high: 4,
  low: 5,
  volume: 6,
  fraction: 7,
  silence: 8,
  wobble: 9,
  leaning: 10,
};

/** Makes the bar of a day between two levels of a walk: the one before it and its own. */
export function makeBar(
  asset: ListedAsset,
  date: PartitionDate,
  key: number,
  before: number,
  level: number,
): Bar {
  const day = daysBetween(firstDay, date);
  const random = (purpose: number): number => draw(key, day, purpose);
  const scale = scaleOf(asset, level);
  // Only an exchange that shuts overnight opens elsewhere than it closed.
  const gap = asset.kind === 'stock' ? (random(purposes.gap) - 0.5) * asset.swing * 0.5 : 0;
  const open = roundPrice(before * (1 + gap), scale);
  const close = roundPrice(level, scale);
  const high = roundPrice(Math.max(open, close) * (1 + asset.swing * 0.25 * random(purposes.high)), scale);
  const low = roundPrice(Math.min(open, close) * (1 - asset.swing * 0.25 * random(purposes.low)), scale);
  const volume = volumeOf(asset, random(purposes.volume), random(purposes.fraction));
  const isSilent = random(purposes.silence) < 0.06;
  const average = isSilent ? null : roundPrice((open + high + low + close) / 4, scale * 100);
  return { date, open, high, low, close, volume, average, trades: isSilent ? null : Math.ceil(volume / 110) };
}

/** Gives a day's volume; some stocks trade parts of a share, and a coin's turnover has cents. */
function volumeOf(asset: ListedAsset, random: number, fraction: number): number {
  const volume = asset.usualVolume * (0.5 + random);
  const hasParts = asset.kind === 'crypto' || (asset.kind === 'stock' && fraction < 0.4);
  return hasParts ? roundCents(volume) : Math.round(volume);
}

/** Rounds a price as this asset's prices of its size are. */
export function roundAs(asset: ListedAsset, price: number): number {
  return roundPrice(price, scaleOf(asset, price));
}

/** The power of ten to which prices of this size are rounded. */
function scaleOf(asset: ListedAsset, price: number): number {
  let scale = 1;
  if (asset.decimals !== null) {
    for (let decimals = 0; decimals < asset.decimals; decimals += 1) scale *= 10;
    return scale;
  }
  while (price * scale < 10_000_000 && scale < 1e15) scale *= 10;
  return scale;
}

function roundPrice(price: number, scale: number): number {
  return Math.round(price * scale) / scale;
}

/** Rounds an amount to cents. */
export function roundCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
