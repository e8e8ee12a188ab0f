import { describe, expect, test } from 'vitest';
import { headline } from '../../report/words/headline.ts';
import type { AssetOfReport, Performance } from '../../report/read/report-data.ts';
import { price, share, signedPct } from '../../report/words/numbers.ts';

const asset = (ticker: string, observedDays = 300): AssetOfReport => ({
  ticker,
  class: 'stock',
  dataset: 'massive.daily_bars',
  source: 'massive',
  symbol: ticker,
  calendar: 'nyse',
  currency: 'USD',
  fixing: null,
  observed_days: observedDays,
  open_days: 300,
  missing_open_days: 0,
  coverage: 1,
  first_date: '2025-11-19',
  last_date: '2026-11-19',
  close: 1,
  day_return: 0,
  previous_date: '2026-11-18',
});

const year = (
  ticker: string,
  returnPct: number | null,
  beats: boolean | null,
  start = '2025-11-19',
): Performance => ({
  ticker,
  period: '1Y',
  unit: 'USD',
  period_start: '2025-11-19',
  period_end: '2026-11-19',
  start_date: start,
  start_close: 100,
  end_date: '2026-11-19',
  end_close: 142,
  return_pct: returnPct,
  vs_btc_pct: null,
  beats_btc: beats,
});

const assets = ['BTC', 'A', 'B', 'C'].map((ticker) => asset(ticker));

describe('headline', () => {
  test('counts who did better', () => {
    const performance = [
      year('BTC', 42, null),
      year('A', 50, true),
      year('B', 1, false),
      year('C', 99, true),
    ];
    expect(headline({ assets, performance })).toBe(
      'In the year to 2026-11-19 a dollar in Bitcoin became $1.42; 2 of 3 others did better.',
    );
  });

  test('says all and none in words', () => {
    const all = [year('BTC', -10, null), year('A', 5, true), year('B', 1, true)];
    expect(headline({ assets, performance: all })).toContain('became $0.90; all 2 others did better.');
    const none = [year('BTC', 90, null), year('A', 5, false), year('B', 1, false)];
    expect(headline({ assets, performance: none })).toContain('none of 2 others did better.');
    const only = [year('BTC', 90, null), year('A', 5, false)];
    expect(headline({ assets, performance: only })).toContain('the only other asset did not do better.');
  });

  test('never calls a year what is shorter, but lets a weekend pass', () => {
    const short = [year('BTC', 42, null, '2026-08-22')];
    expect(headline({ assets, performance: short })).toMatch(/^From 2026-08-22 to 2026-11-19 a dollar/);
    const weekend = [year('BTC', 42, null, '2025-11-22')];
    expect(headline({ assets, performance: weekend })).toMatch(/^In the year to 2026-11-19 a dollar/);
  });

  test('an asset without any price is not one of the others', () => {
    const performance = [year('BTC', 42, null), year('A', null, null)];
    expect(headline({ assets, performance })).toContain('there is no other asset to hold against it.');
  });

  test('speaks of no dollar where Bitcoin is priced in something else', () => {
    const performance = [{ ...year('BTC', 42, null), unit: 'EUR' }];
    expect(headline({ assets, performance })).toContain('one EUR in Bitcoin became 1.42 EUR;');
  });
});

describe('numbers', () => {
  test('a change that rounds to nothing has no sign', () => {
    expect([signedPct(0.04), signedPct(-0.04), signedPct(-0.06), signedPct(3.21)]).toEqual([
      '0.0 %',
      '0.0 %',
      '−0.1 %',
      '+3.2 %',
    ]);
  });

  test('a coverage that is not whole never reads as whole', () => {
    expect([share(1), share(0.99999), share(0.5), share(null)]).toEqual(['100 %', '99.9 %', '50.0 %', '–']);
  });

  test('a price has the digits that its size asks for', () => {
    expect([price(76533.013), price(195.2), price(1.24843), price(0.000012345)]).toEqual([
      '76,533.01',
      '195.20',
      '1.24843',
      '0.00001235',
    ]);
  });
});
