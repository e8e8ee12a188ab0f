import {
  type PartitionDate,
  daysBetween,
  midnightUtcMs,
  addDays,
  utcDateOf,
} from '../../workflows/pure/cell.ts';
import { type ListedAsset, type ListedKind, listedAssets } from './catalogue.ts';
import { draw, hashText } from './random.ts';
import { isTradingDay } from './sessions.ts';

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

/** Every price there is, as a pure function of seed, symbol and day. */
export interface PriceBook {
  find(kind: ListedKind, symbol: string): ListedAsset | undefined;
  list(kind: ListedKind): readonly ListedAsset[];
  /** The bar of a day; none where the asset does not trade on it. */
  barOf(asset: ListedAsset, date: PartitionDate): Bar | undefined;
  /** The last close on or before a day, closed days included. */
  levelAt(asset: ListedAsset, date: PartitionDate): number;
  /** The price at an instant within a UTC day: begins at the close before it, ends at its own. */
  priceAt(asset: ListedAsset, instantMs: number): number;
}

/** What each draw of a day is for; a number is never reused, so that prices stay when a purpose is added. */
const purposes = {
  moveA: 1,
  moveB: 2,
  gap: 3,
  high: 4,
  low: 5,
  volume: 6,
  fraction: 7,
  silence: 8,
  wobble: 9,
};

const dayMs = 86_400_000;
/** The part of the way to its target that a price goes in a day. */
const pull = 0.004;
const daysToLastLevel = daysBetween(firstDay, '2025-01-01');

/**
 * Opens the book of one seed. Prices use + - * / and rounding only: functions such as exp or sin may differ
 * in their last digit from one machine to the next.
 */
export function createPriceBook(seed: number): PriceBook {
  const walks = new Map<string, number[]>();
  const walkOf = (asset: ListedAsset, day: number): number => {
    const walk = walks.get(asset.symbol) ?? [];
    walks.set(asset.symbol, walk);
    while (walk.length <= day)
      walk.push(nextLevel(asset, walk.length, walk.at(-1) ?? asset.firstLevel, seed));
    return walk[day] ?? asset.firstLevel;
  };
  const levelAt = (asset: ListedAsset, date: PartitionDate): number => {
    const level = walkOf(asset, daysBetween(firstDay, date));
    return roundPrice(level, scaleOf(asset, level));
  };
  return {
    find: (kind, symbol) => listedAssets.find((asset) => asset.kind === kind && asset.symbol === symbol),
    list: (kind) => listedAssets.filter((asset) => asset.kind === kind),
    levelAt,
    barOf(asset, date) {
      if (date < firstDay || !isTradingDay(asset.kind, date)) return undefined;
      const day = daysBetween(firstDay, date);
      return makeBar(asset, date, keyOf(seed, asset), walkOf(asset, day - 1), walkOf(asset, day));
    },
    priceAt(asset, instantMs) {
      const date = utcDateOf(instantMs);
      const part = (instantMs - midnightUtcMs(date)) / dayMs;
      const before = levelAt(asset, addDays(date, -1));
      const minute = Math.floor(instantMs / 60_000);
      const wobble =
        (draw(keyOf(seed, asset), minute, purposes.wobble) - 0.5) * asset.swing * part * (1 - part);
      const price = before + (levelAt(asset, date) - before) * part + before * wobble;
      return roundPrice(price, scaleOf(asset, price));
    },
  };
}

function keyOf(seed: number, asset: ListedAsset): number {
  return hashText(asset.symbol, seed);
}

/** Walks one day on: a random move, and a weak pull that keeps ten years of moves within sight of the target. */
function nextLevel(asset: ListedAsset, day: number, level: number, seed: number): number {
  if (day === 0 || !isTradingDay(asset.kind, addDays(firstDay, day))) return level;
  const key = keyOf(seed, asset);
  const move = draw(key, day, purposes.moveA) + draw(key, day, purposes.moveB) - 1;
  const way = Math.min(1, day / daysToLastLevel);
  const target = asset.firstLevel + (asset.lastLevel - asset.firstLevel) * way;
  return level + level * asset.swing * move + (target - level) * pull;
}

function makeBar(asset: ListedAsset, date: PartitionDate, key: number, before: number, level: number): Bar {
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
  return hasParts ? Math.round(volume * 100) / 100 : Math.round(volume);
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
