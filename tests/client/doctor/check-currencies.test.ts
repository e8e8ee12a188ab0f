import { describe, expect, it } from 'vitest';
import { checkCurrencies } from '../../../client/doctor/check-currencies.ts';
import type { Asset } from '../../../settings.ts';

const asset = (currency: string | null, ...sources: Asset['sources']): Asset => ({
  ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency, sources },
});
const binance = { dataset: 'binance.daily_candles', symbol: 'BTCUSDT' };
const coinbase = { dataset: 'coinbase.daily_candles', symbol: 'BTC-USD' };
const kraken = { dataset: 'kraken.daily_candles', symbol: 'XBTUSD' };
const coingecko = { dataset: 'coingecko.market_chart', symbol: 'bitcoin' };

describe('an asset’s currency', () => {
  it('that its symbol contradicts is something to know, and said with what to write', () => {
    expect(checkCurrencies({ assets: [asset('USD', coinbase, binance, kraken)], csvFiles: {} })).toEqual([
      {
        check: 'currency',
        verdict: 'warn',
        blame: 'configuration',
        found: 'BTC is said to be priced in USD, and binance’s BTCUSDT is in USDT',
        fix: 'write currency: USDT at BTC, or take it from a source that has it in USD',
      },
    ]);
  });

  it.each([
    ['agrees', asset('USDT', binance)],
    ['agrees', asset('USD', coinbase, kraken)],
    ['cannot be told from the symbol', asset('EUR', coingecko)],
    ['is of a dataset that is not there', asset('EUR', { dataset: 'no.where', symbol: 'A-USD' })],
  ])('that %s is passed over', (_, one) => {
    expect(checkCurrencies({ assets: [one], csvFiles: {} })).toEqual([]);
  });
});
