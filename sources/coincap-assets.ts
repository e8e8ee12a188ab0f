import { z } from 'zod';
import { marketDecimal } from './decimal-text.ts';
import type { ListedCoin } from './listed-coin.ts';
import { instantMs, listOf, readJson } from './read-json.ts';

/** Any number may be null, and plans differ in which fields they have. */
const amount = marketDecimal.nullish();

const assetRow = z.object({
  id: z.string().min(1),
  rank: amount,
  symbol: z.string().nullish(),
  name: z.string().nullish(),
  supply: amount,
  maxSupply: amount,
  marketCapUsd: amount,
  volumeUsd24Hr: amount,
  priceUsd: amount,
  changePercent24Hr: amount,
  vwap24Hr: amount,
});

/** The rows carry no instant of their own: the answer's is that of all of them. */
const assets = z.object({ data: listOf(assetRow), timestamp: instantMs });

/**
 * Reads one answer of CoinCap's list of coins, in the order of its ranking.
 * @throws SourceError `WrongShape`.
 */
export function readAssets(body: Uint8Array): ListedCoin[] {
  const { data, timestamp } = readJson(body, assets, 'an answer of coincap assets');
  const last_updated = new Date(timestamp).toISOString();
  return data.map((asset) => ({
    id: asset.id,
    stampMs: timestamp,
    row: {
      coin_id: asset.id,
      coin_symbol: asset.symbol ?? null,
      coin_name: asset.name ?? null,
      market_cap_rank: asset.rank ?? null,
      price: asset.priceUsd ?? null,
      market_cap: asset.marketCapUsd ?? null,
      volume: asset.volumeUsd24Hr ?? null,
      vwap_24h: asset.vwap24Hr ?? null,
      change_24h_pct: asset.changePercent24Hr ?? null,
      circulating_supply: asset.supply ?? null,
      max_supply: asset.maxSupply ?? null,
      last_updated,
    },
  }));
}
