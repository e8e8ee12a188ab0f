import { describe, expect, it } from 'vitest';
import { keyLines, keyStanding } from '../../../client/run/key-lines.ts';
import { loadSettings, type Settings } from '../../../settings.ts';

const live = { MARKETLAKE_MARKET: 'live' };

/** The configuration as it comes, with assets of these datasets. */
function settingsOf(environment: Record<string, string>, assets: Readonly<Record<string, string>>): Settings {
  const configured = Object.entries(assets).map(([ticker, dataset]) => ({
    ...{ ticker, class: 'stock' as const, calendar: 'nyse' as const, currency: 'USD' },
    sources: [{ dataset, symbol: ticker }],
  }));
  return { ...loadSettings(environment), assets: configured };
}

const three = { BTC: 'coingecko.market_chart', AAPL: 'massive.daily_bars', SPY: 'massive.daily_bars' };

describe('what a newcomer is told of keys', () => {
  it('names on the live market what can be fetched, what cannot, and the free key that switches it on', () => {
    expect(keyLines(keyStanding(settingsOf(live, three)))).toEqual([
      'With the keys that are set, these can be fetched: BTC.',
      'Without a key massive answers nobody, so these cells will fail: AAPL, SPY. ' +
        'A free key from https://massive.com/pricing switches on daily bars of US stocks and of currencies: set MASSIVE_API_KEY in .env.',
    ]);
  });

  it.each([
    ['the sample market asks for no key', {}],
    ['the key is there', { ...live, MASSIVE_API_KEY: 'canary' }],
    ['its address was given by hand', { ...live, MASSIVE_BASE_URL: 'http://127.0.0.1:1' }],
  ])('is nothing where %s', (_, environment) => {
    expect(keyStanding(settingsOf(environment, three)).fetched).toEqual(Object.keys(three));
    expect(keyLines(keyStanding(settingsOf(environment, three)))).toEqual([]);
  });

  it('says so where nothing at all can be fetched, and names no more than twelve of many', () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`S${n}`, 'massive.daily_bars']));
    const [first, second] = keyLines(keyStanding(settingsOf(live, many)));
    expect(first).toBe('With the keys that are set, no asset can be fetched.');
    expect(second).toContain('S10, S11 and 3 more. A free key');
  });
});
