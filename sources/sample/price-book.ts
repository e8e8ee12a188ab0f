import {
  type PartitionDate,
  daysBetween,
  midnightUtcMs,
  addDays,
  utcDateOf,
} from '../../workflows/pure/cell.ts';
import { type Bar, firstDay, makeBar, purposes, roundAs, roundCents } from './bar.ts';
import type { ListedAsset } from './catalogue.ts';
import { type Listing, createListing } from './listing.ts';
import { draw, hashText } from './random.ts';
import { asTraded } from './share-actions.ts';
import { isTradingDay } from './sessions.ts';

export { type Bar, firstDay } from './bar.ts';

/** Every price there is, as a pure function of seed, symbol and day. */
export interface PriceBook extends Listing {
  /** The bar of a day as it was traded, splits in it; none where the asset does not trade on it. */
  barOf(asset: ListedAsset, date: PartitionDate): Bar | undefined;
  /** The last close on or before a day, closed days included. */
  levelAt(asset: ListedAsset, date: PartitionDate): number;
  /** The price at an instant within a UTC day: begins at the close before it, ends at its own. */
  priceAt(asset: ListedAsset, instantMs: number): number;
  /** The bar of a UTC day as it stands at an instant within it: it closes at the price of that instant. */
  barUntil(asset: ListedAsset, instantMs: number): Bar;
  /** The bar of the 24 hours before an instant, dated as the day of that instant. */
  lastDayUntil(asset: ListedAsset, instantMs: number): Bar;
  /** The highest and the lowest close up to a day, each on the first day that had it. */
  extremesUntil(asset: ListedAsset, date: PartitionDate): Extremes;
  /** Where in its deviation a source stands with an asset on a day: -1 to 1, and another number for each. */
  leaningOf(source: string, asset: ListedAsset, date: PartitionDate): number;
}

/** A price and its day. */
export interface DatedPrice {
  readonly price: number;
  readonly date: PartitionDate;
}

/** The ends of all closes of an asset. */
export interface Extremes {
  readonly highest: DatedPrice;
  readonly lowest: DatedPrice;
}

const dayMs = 86_400_000;
/** The part of the way to its target that a price goes in a day. */
const pull = 0.004;
const daysToLastLevel = daysBetween(firstDay, '2025-01-01');

/**
 * Opens the book of one seed, with so many coins. Prices use + - * / and rounding only: functions such as exp or
 * sin may differ in their last digit from one machine to the next. Nothing is computed before it is asked for.
 */
export function createPriceBook(seed: number, coins?: number): PriceBook {
  const walks = new Map<string, number[]>();
  const walkUntil = (asset: ListedAsset, day: number): readonly number[] => {
    const walk = walks.get(asset.symbol) ?? [];
    walks.set(asset.symbol, walk);
    if (walk.length <= day) walkOn(walk, asset, day, keyOf(seed, asset));
    return walk;
  };
  const walkOf = (asset: ListedAsset, day: number): number => walkUntil(asset, day)[day] ?? asset.firstLevel;
  const levelAt = (asset: ListedAsset, date: PartitionDate): number => {
    const level = walkOf(asset, daysBetween(firstDay, date));
    return roundAs(asset, level);
  };
  const priceAt = (asset: ListedAsset, instantMs: number): number => {
    const date = utcDateOf(instantMs);
    const part = partOfDay(instantMs);
    const before = levelAt(asset, addDays(date, -1));
    const minute = Math.floor(instantMs / 60_000);
    const wobble =
      (draw(keyOf(seed, asset), minute, purposes.wobble) - 0.5) * asset.swing * part * (1 - part);
    const price = before + (levelAt(asset, date) - before) * part + before * wobble;
    return roundAs(asset, price);
  };
  const barAt = (asset: ListedAsset, date: PartitionDate, level: (day: number) => number): Bar => {
    const day = daysBetween(firstDay, date);
    return makeBar(asset, date, keyOf(seed, asset), walkOf(asset, day - 1), level(day));
  };
  const barUntil = (asset: ListedAsset, instantMs: number): Bar => {
    const bar = barAt(asset, utcDateOf(instantMs), () => priceAt(asset, instantMs));
    return { ...bar, volume: roundCents(bar.volume * partOfDay(instantMs)), trades: null };
  };
  return {
    ...createListing(coins),
    levelAt,
    priceAt,
    barOf(asset, date) {
      if (date < firstDay || !isTradingDay(asset.kind, date)) return undefined;
      return asTraded(
        asset,
        barAt(asset, date, (day) => walkOf(asset, day)),
      );
    },
    barUntil,
    lastDayUntil(asset, instantMs) {
      const date = utcDateOf(instantMs);
      const open = priceAt(asset, instantMs - dayMs);
      const bar = barUntil(asset, instantMs);
      const before = barAt(asset, addDays(date, -1), (day) => walkOf(asset, day)).volume;
      const volume = bar.volume + before * (1 - partOfDay(instantMs));
      const ends = { high: Math.max(bar.high, open), low: Math.min(bar.low, open) };
      return { ...bar, ...ends, open, volume: roundCents(volume), average: null };
    },
    extremesUntil: (asset, date) => {
      const lastDay = daysBetween(firstDay, date);
      const walk = walkUntil(asset, lastDay).slice(0, lastDay + 1);
      const dated = (level: number): DatedPrice => ({
        price: roundAs(asset, level),
        date: addDays(firstDay, walk.indexOf(level)),
      });
      const pick = (better: (one: number, other: number) => number): DatedPrice =>
        dated(walk.reduce((best, level) => better(best, level), walk[0] ?? asset.firstLevel));
      return { highest: pick(Math.max), lowest: pick(Math.min) };
    },
    leaningOf(source, asset, date) {
      const key = hashText(source, keyOf(seed, asset));
      return draw(key, daysBetween(firstDay, date), purposes.leaning) * 2 - 1;
    },
  };
}

/** How much of its UTC day is over at an instant. */
function partOfDay(instantMs: number): number {
  return (instantMs - midnightUtcMs(utcDateOf(instantMs))) / dayMs;
}

function keyOf(seed: number, asset: ListedAsset): number {
  return hashText(asset.symbol, seed);
}

function walkOn(walk: number[], asset: ListedAsset, lastDay: number, key: number): void {
  while (walk.length <= lastDay) {
    walk.push(nextLevel(asset, walk.length, walk.at(-1) ?? asset.firstLevel, key));
  }
}

/** Walks one day on: a random move, and a weak pull that keeps ten years of moves within sight of the target. */
function nextLevel(asset: ListedAsset, day: number, level: number, key: number): number {
  // A coin trades on every day: to make no date of it is what keeps a thousand coins cheap.
  const isOpen = asset.kind === 'crypto' || isTradingDay(asset.kind, addDays(firstDay, day));
  if (day === 0 || !isOpen) return level;
  const move = draw(key, day, purposes.moveA) + draw(key, day, purposes.moveB) - 1;
  const way = Math.min(1, day / daysToLastLevel);
  const target = asset.firstLevel + (asset.lastLevel - asset.firstLevel) * way;
  return level + level * asset.swing * move + (target - level) * pull;
}
