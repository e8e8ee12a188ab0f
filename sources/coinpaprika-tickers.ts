import { z } from 'zod';
import { paprikaNumber } from './coinpaprika-number.ts';
import { instantText } from './instant-text.ts';
import type { ListedCoin } from './listed-coin.ts';
import { listOf, readJson } from './read-json.ts';

const amount = paprikaNumber.nullish();
const instant = z.union([instantText, z.literal('').transform(() => null)]).nullish();

const ticker = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  symbol: z.string().nullish(),
  rank: amount,
  circulating_supply: amount,
  total_supply: amount,
  max_supply: amount,
  last_updated: instant,
  quotes: z.object({
    USD: z.object({
      price: amount,
      volume_24h: amount,
      market_cap: amount,
      percent_change_24h: amount,
      ath_price: amount,
      ath_date: instant,
    }),
  }),
});

type Ticker = z.output<typeof ticker>;

/**
 * Reads CoinPaprika's list of coins, in the order of their ranks. The API does not promise that order, and gives
 * coins that are out of the ranking the rank 0: those are no part of any top.
 * @throws SourceError `WrongShape`.
 */
export function readTickers(body: Uint8Array): ListedCoin[] {
  const tickers = readJson(body, listOf(ticker), 'an answer of coinpaprika tickers');
  return tickers
    .filter(({ rank }) => rankOf(rank) > 0)
    .sort((one, other) => rankOf(one.rank) - rankOf(other.rank))
    .map(listedCoin);
}

function rankOf(rank: Ticker['rank']): number {
  return rank ?? 0;
}

function listedCoin(coin: Ticker): ListedCoin {
  const { USD: quote } = coin.quotes;
  return {
    id: coin.id,
    stampMs: coin.last_updated ?? null,
    row: {
      coin_id: coin.id,
      coin_symbol: coin.symbol ?? null,
      coin_name: coin.name ?? null,
      market_cap_rank: coin.rank ?? null,
      price: quote.price ?? null,
      market_cap: quote.market_cap ?? null,
      volume: quote.volume_24h ?? null,
      change_24h_pct: quote.percent_change_24h ?? null,
      circulating_supply: coin.circulating_supply ?? null,
      total_supply: coin.total_supply ?? null,
      max_supply: coin.max_supply ?? null,
      ath: quote.ath_price ?? null,
      ath_at: isoOf(quote.ath_date),
      last_updated: isoOf(coin.last_updated),
    },
  };
}

function isoOf(instantMs: number | null | undefined): string | null {
  return instantMs === null || instantMs === undefined ? null : new Date(instantMs).toISOString();
}
