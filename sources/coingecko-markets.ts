import { z } from 'zod';
import { coinListResource } from './coin-list.ts';
import type { ListedCoin } from './listed-coin.ts';
import { listOf, marketNumber, readJson } from './read-json.ts';
import type { Resource, SourceRow } from './source.ts';

/** The API's own maximum; without `per_page` it gives 100 and says nothing. */
const rowsOnPage = 250;

const amount = marketNumber.optional();
const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'expected an instant')
  .nullish();

/** Nearly every number may be null, the price too; some plans leave fields out. */
const marketRow = z.object({
  id: z.string().min(1),
  symbol: z.string().nullish(),
  name: z.string().nullish(),
  current_price: amount,
  market_cap: amount,
  market_cap_rank: amount,
  fully_diluted_valuation: amount,
  total_volume: amount,
  high_24h: amount,
  low_24h: amount,
  price_change_percentage_24h: amount,
  circulating_supply: amount,
  total_supply: amount,
  max_supply: amount,
  ath: amount,
  ath_date: instant,
  atl: amount,
  atl_date: instant,
  last_updated: instant,
});

type MarketRow = z.output<typeof marketRow>;

/** The largest coins by market capitalisation, as they stand now. */
export function marketsResource(send: Resource['send']): Resource {
  return coinListResource({
    source: 'coingecko',
    resource: 'markets',
    rowsOnPage,
    targetOf: (rows, offset) =>
      `/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=${rows}&page=${offset / rows + 1}&precision=full`,
    send,
    read: readMarkets,
  });
}

function readMarkets(body: Uint8Array): ListedCoin[] {
  const rows = readJson(body, listOf(marketRow), 'an answer of coingecko markets');
  return rows.map((row) => ({
    id: row.id,
    stampMs: typeof row.last_updated === 'string' ? Date.parse(row.last_updated) : null,
    row: cellRow(row),
  }));
}

function cellRow(row: MarketRow): SourceRow {
  return {
    coin_id: row.id,
    coin_symbol: row.symbol ?? null,
    coin_name: row.name ?? null,
    market_cap_rank: row.market_cap_rank ?? null,
    price: row.current_price ?? null,
    market_cap: row.market_cap ?? null,
    fully_diluted_valuation: row.fully_diluted_valuation ?? null,
    volume: row.total_volume ?? null,
    high_24h: row.high_24h ?? null,
    low_24h: row.low_24h ?? null,
    change_24h_pct: row.price_change_percentage_24h ?? null,
    circulating_supply: row.circulating_supply ?? null,
    total_supply: row.total_supply ?? null,
    max_supply: row.max_supply ?? null,
    ath: row.ath ?? null,
    ath_at: row.ath_date ?? null,
    atl: row.atl ?? null,
    atl_at: row.atl_date ?? null,
    last_updated: row.last_updated ?? null,
  };
}
