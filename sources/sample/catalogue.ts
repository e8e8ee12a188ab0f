/** What trades in the sample market, and on which days. */
export type ListedKind = 'crypto' | 'stock' | 'fx';

/** One thing the sample market lists. Levels are where its random walk is drawn to, not real prices. */
export interface ListedAsset {
  /** The name its API knows: `bitcoin`, `AAPL`, `C:EURUSD`. Case counts. */
  readonly symbol: string;
  readonly kind: ListedKind;
  /** The short name: `btc` for a coin, else the symbol. */
  readonly code: string;
  /** The price on the first day, 2015-01-01. */
  readonly firstLevel: number;
  /** What the price is drawn to from 2025-01-01 on; between the two days the target moves in a straight line. */
  readonly lastLevel: number;
  /** The largest part of itself by which the price moves in a day. */
  readonly swing: number;
  /** A usual day's volume: shares, ticks, or US dollars for a coin. */
  readonly usualVolume: number;
  /** How many coins there are; 0 for what is no coin. */
  readonly supply: number;
  /** Decimals of a printed price; null: as many as make eight digits. */
  readonly decimals: number | null;
}

type CoinLine = readonly [
  id: string,
  code: string,
  first: number,
  last: number,
  supply: number,
  swing?: number,
];
type StockLine = readonly [ticker: string, first: number, last: number, volumeMillions: number];

const coinLines: readonly CoinLine[] = [
  ['bitcoin', 'btc', 315, 95_000, 19_800_000],
  ['ethereum', 'eth', 1.2, 3_300, 120_400_000],
  ['tether', 'usdt', 1, 1, 139_000_000_000, 0.002],
  ['ripple', 'xrp', 0.021, 2.1, 57_000_000_000],
  ['binancecoin', 'bnb', 0.4, 690, 144_000_000],
  ['solana', 'sol', 0.8, 190, 480_000_000],
  ['dogecoin', 'doge', 0.00018, 0.32, 147_000_000_000],
  ['usd-coin', 'usdc', 1, 1, 44_000_000_000, 0.002],
  ['cardano', 'ada', 0.02, 0.9, 35_000_000_000],
  ['avalanche-2', 'avax', 2.5, 36, 410_000_000],
  ['chainlink', 'link', 0.2, 20, 630_000_000],
  ['polkadot', 'dot', 2.9, 6.8, 1_500_000_000],
  ['stellar', 'xlm', 0.005, 0.34, 30_000_000_000],
  ['litecoin', 'ltc', 2.7, 105, 75_000_000],
  ['monero', 'xmr', 0.5, 190, 18_400_000],
  ['shiba-inu', 'shib', 0.00000015, 0.000022, 589_000_000_000_000],
];

const stockLines: readonly StockLine[] = [
  ['AAPL', 27, 250, 55],
  ['GOOGL', 26, 190, 28],
  ['MSFT', 46, 420, 21],
  ['SPY', 205, 586, 62],
  ['AMZN', 15, 220, 38],
  ['NVDA', 0.5, 135, 190],
  ['META', 78, 585, 14],
  ['TSLA', 15, 400, 85],
  ['BRK.B', 150, 453, 4],
  ['JPM', 62, 240, 9],
  ['V', 65, 316, 6],
  ['MA', 86, 527, 2.6],
  ['JNJ', 105, 145, 8],
  ['WMT', 29, 90, 16],
  ['PG', 91, 168, 7],
  ['XOM', 92, 107, 15],
  ['UNH', 101, 505, 5],
  ['HD', 105, 389, 3.4],
  ['KO', 42, 62, 14],
  ['PEP', 95, 152, 6],
  ['COST', 142, 916, 2],
  ['DIS', 94, 111, 9],
  ['CSCO', 28, 59, 18],
  ['INTC', 36, 20, 60],
  ['IBM', 153, 220, 4],
  ['ORCL', 45, 166, 9],
  ['AMD', 2.7, 121, 40],
  ['NFLX', 49, 891, 3.3],
  ['ADBE', 73, 445, 3],
  ['CRM', 59, 334, 6],
  ['BA', 130, 177, 8],
  ['CAT', 92, 363, 2.5],
  ['GE', 120, 167, 5],
  ['T', 25, 23, 33],
  ['VZ', 47, 40, 17],
  ['QQQ', 103, 511, 36],
  ['IWM', 119, 221, 27],
  ['DIA', 178, 425, 3],
  ['VTI', 106, 290, 3.5],
  // Names that trip careless code: mixed case (when-issued), and a slash, which a path must encode.
  ['SMPw', 10, 20, 0.02],
  ['SMP/U', 12, 15, 0.05],
];

const fxLines: readonly (readonly [pair: string, first: number, last: number])[] = [
  ['EURUSD', 1.21, 1.04],
  ['GBPUSD', 1.55, 1.25],
  ['USDJPY', 119.5, 157],
  ['USDCHF', 0.99, 0.9],
  ['AUDUSD', 0.81, 0.62],
  ['USDCAD', 1.16, 1.44],
  ['NZDUSD', 0.78, 0.56],
  ['EURGBP', 0.78, 0.83],
  ['EURJPY', 145, 163],
  ['USDCNY', 6.2, 7.3],
  ['USDSEK', 7.8, 11],
  ['USDNOK', 7.5, 11.3],
];

function coin([symbol, code, firstLevel, lastLevel, supply, swing = 0.07]: CoinLine): ListedAsset {
  const usualVolume = lastLevel * supply * 0.02;
  return { symbol, kind: 'crypto', code, firstLevel, lastLevel, swing, usualVolume, supply, decimals: null };
}

function stock([symbol, firstLevel, lastLevel, millions]: StockLine): ListedAsset {
  const usualVolume = millions * 1_000_000;
  const rest = { swing: 0.04, usualVolume, supply: 0, decimals: 2 } as const;
  return { symbol, kind: 'stock', code: symbol, firstLevel, lastLevel, ...rest };
}

function fxPair([pair, firstLevel, lastLevel]: (typeof fxLines)[number]): ListedAsset {
  const symbol = `C:${pair}`;
  const decimals = pair.endsWith('JPY') ? 3 : 5;
  const rest = { swing: 0.012, usualVolume: 180_000, supply: 0, decimals } as const;
  return { symbol, kind: 'fx', code: pair, firstLevel, lastLevel, ...rest };
}

/** Everything the sample market lists. */
export const listedAssets: readonly ListedAsset[] = [
  ...coinLines.map(coin),
  ...stockLines.map(stock),
  ...fxLines.map(fxPair),
];
