import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadCoins } from '../../contracts/coins.ts';
import { coincapSource } from '../../sources/coincap.ts';
import { coingeckoSource } from '../../sources/coingecko.ts';
import { tickerOfMember } from '../../sources/snapshot.ts';
import type { Resource } from '../../sources/source.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { coinRows } from '../../warehouse/coin-rows.ts';
import { page, recordedIn, resourceOf, sharedFolder } from '../sources/support.ts';
import { coinOf, snapshotsIn } from '../sql/coins-support.ts';
import { rowsOf } from '../sql/reports-support.ts';
import { TinyLake, type Entry } from '../warehouse/tiny-lake.ts';

const isShared = existsSync(join(sharedFolder, 'recorded'));

const listed = z.object({
  data: z.array(
    z.object({ id: z.string(), priceUsd: z.string(), marketCapUsd: z.string(), volumeUsd24Hr: z.string() }),
  ),
});
const marketRows = z.array(
  z.object({
    id: z.string(),
    current_price: z.number(),
    market_cap: z.number(),
    total_volume: z.number(),
    high_24h: z.number(),
    low_24h: z.number(),
  }),
);

/** What a source's own reader makes of a recorded page, as published cells. */
function cellsOf(
  resource: Resource,
  dataset: string,
  date: string,
  body: string,
  ids: readonly string[],
): Entry[] {
  const pages = [page(body)];
  const ask = { kind: 'snapshot', top: 100, date } as const;
  return ids.map((id) => {
    const ticker = tickerOfMember(id);
    const [row] = resource.rowsOfCell(pages, ask, { dataset, ticker, date, symbol: ticker });
    // The reader's rows hold texts, numbers and nulls.
    return coinOf(dataset, date, id, row as Record<string, number | string | null>);
  });
}

/** Real lists that were recorded: CoinCap's of 2020 in US dollars, and two coins of CoinGecko of 2021 in ether. */
describe.skipIf(!isShared)('the recorded lists go the whole way to the facts', () => {
  const inEther = snapshotsIn('ETH', 'coingecko.markets_in_eth');
  const ofCoincap = isShared
    ? readFileSync(join(sharedFolder, 'recorded/coincap/coincap_v2_assets.json'), 'utf8')
    : '';
  const ofCoingecko = isShared
    ? (recordedIn('coingecko/market_data_for_multiple_coins_in_eth.yml')[0]?.body ?? '')
    : '';
  let lake: TinyLake;
  let inDollars: z.infer<typeof listed>['data'];
  let inEthers: z.infer<typeof marketRows>;

  beforeAll(async () => {
    lake = await TinyLake.make([inEther]);
    inDollars = listed.parse(JSON.parse(ofCoincap)).data;
    inEthers = marketRows.parse(JSON.parse(ofCoingecko));
    const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
    const assets = resourceOf(coincapSource(), 'assets');
    const markets = resourceOf(coingeckoSource(), 'markets');
    lake.add(
      ...cellsOf(assets, 'coincap.assets', '2020-01-14', ofCoincap, idsOf(inDollars)),
      ...cellsOf(markets, inEther.id, '2021-05-15', ofCoingecko, idsOf(inEthers)),
    );
    await lake.write();
    await buildWarehouse(lake.inputs({ coins: coinRows(loadCoins()) }));
  });

  afterAll(() => lake.remove());

  test('each number of CoinCap’s list is that of the file', async () => {
    const coinOfId = new Map(loadCoins().map(({ coin, ids }) => [ids['coincap'], coin]));
    const sql = `select coin, price, market_cap, volume from marts.fct_market_snapshots where currency = 'USD' order by coin`;
    const expected = inDollars.map(({ id, priceUsd, marketCapUsd, volumeUsd24Hr }) => {
      return [coinOfId.get(id), Number(priceUsd), Number(marketCapUsd), Number(volumeUsd24Hr)] as const;
    });
    expect(expected).toHaveLength(26);
    expect(await rowsOf(lake, sql)).toEqual(expected.toSorted(([one], [other]) => (one! < other! ? -1 : 1)));
  });

  test('a list in ether stays in ether: equal to the file, and in no sum of dollars', async () => {
    const sql = `select coin, price, market_cap, volume, price_volatility_24h, market_cap_category
      from marts.fct_market_snapshots where currency = 'ETH' order by market_cap desc`;
    expect(await rowsOf(lake, sql)).toEqual(
      inEthers.map((row) => {
        const range = ((row.high_24h - row.low_24h) / row.current_price) * 100;
        return [row.id, row.current_price, row.market_cap, row.total_volume, range, null];
      }),
    );
    const days = 'select distinct snapshot_date from marts.rpt_crypto_analytics';
    expect(await rowsOf(lake, days)).toEqual([['2020-01-14']]);
  });
});
