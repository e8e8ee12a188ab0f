import type { ListedAsset } from './catalogue.ts';
import type { Desk } from './desk.ts';
import { draw, hashText } from './random.ts';
import type { ToldBar } from './tape.ts';

const dayMs = 86_400_000;

/** A coin in the ranking of an instant, in US dollars, before any lie. */
export interface RankedCoin {
  readonly coin: ListedAsset;
  /** Its place by market value, from 1; null where nobody knows its supply. */
  readonly rank: number | null;
  readonly price: number;
  readonly marketCap: number | null;
}

/** Ranks every listed coin by its market value now, the largest first; those without one come last. */
export function rankCoins(desk: Desk): RankedCoin[] {
  return desk.book
    .list('crypto')
    .map((coin) => {
      const price = desk.tape.priceAt(coin, desk.now.getTime());
      return { coin, price, marketCap: marketCapOf(coin, price) };
    })
    .sort((left, right) => (right.marketCap ?? 0) - (left.marketCap ?? 0))
    .map((ranked, index) => ({ ...ranked, rank: ranked.marketCap === null ? null : index + 1 }));
}

/** The market value at a price; null where the supply is not known. */
export function marketCapOf(coin: ListedAsset, price: number): number | null {
  return coin.supply === 0 ? null : Math.round(price * coin.supply);
}

/** Cuts a page of a ranking, as the ranking stands when the page is asked for: see the fault `reshuffle`. */
export function cutPage(
  ranking: readonly RankedCoin[],
  start: number,
  size: number,
  desk: Desk,
): RankedCoin[] {
  const isLaterPage = start > 0 && start < ranking.length;
  const moved = isLaterPage ? desk.take('reshuffle') : undefined;
  const standing = moved === undefined ? ranking : exchangePlaces(ranking, start, moved.places);
  return standing.slice(start, start + size);
}

/** Swaps the places just before a border with those just after it; a rank belongs to the place. */
function exchangePlaces(ranking: readonly RankedCoin[], border: number, places: number): RankedCoin[] {
  const count = Math.min(places, border, ranking.length - border);
  const before = ranking.slice(border - count, border);
  const after = ranking.slice(border, border + count);
  const moved = ranking.toSpliced(border - count, 2 * count, ...after, ...before);
  return moved.map((ranked, index) => ({ ...ranked, rank: ranked.marketCap === null ? null : index + 1 }));
}

/** A coin as a snapshot tells it, in US dollars. */
export interface CoinSnapshot extends RankedCoin {
  /** The bar of the last 24 hours, as told: a lie about the running day lies about this. */
  readonly bar: ToldBar;
  readonly priceDayAgo: number;
}

/** Tells ranked coins; a lie about the running day may drop a coin or tell it twice. */
export function tellCoins(ranked: readonly RankedCoin[], desk: Desk): CoinSnapshot[] {
  const nowMs = desk.now.getTime();
  return ranked.flatMap((place) => {
    const { coin, price } = place;
    const priceDayAgo = desk.tape.priceAt(coin, nowMs - dayMs);
    return desk.tape.lastDayUntil(coin, nowMs).map((bar) => {
      const told = typeof bar.close === 'number' ? bar.close : price;
      return { ...place, priceDayAgo, bar, marketCap: marketCapOf(coin, told) };
    });
  });
}

/** How many coins there are, will ever be, and are out; null where nobody knows, or there is no most. */
export interface CoinSupply {
  readonly circulating: number | null;
  readonly total: number | null;
  readonly max: number | null;
}

/** Tells the supply of a coin: what is out, what was made, and for two in three the most there can be. */
export function supplyOf(coin: ListedAsset): CoinSupply {
  if (coin.supply === 0) return { circulating: null, total: null, max: null };
  const key = hashText(`supply of ${coin.symbol}`);
  const total = Math.round(coin.supply * (1 + 0.2 * draw(key, 0, 1)));
  const max = draw(key, 0, 2) < 0.65 ? Math.round(total * (1 + 0.5 * draw(key, 0, 3))) : null;
  return { circulating: coin.supply, total, max };
}
