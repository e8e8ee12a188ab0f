import { describe, expect, test } from 'vitest';
import { fixingWords } from '../../report/words/fixing-words.ts';

const fixed = (
  ticker: string,
  fixing: string | null,
  observedDays = 3,
): Parameters<typeof fixingWords>[0][0] => ({
  ticker,
  fixing,
  observed_days: observedDays,
});
const bell = '16:00 America/New_York close';

describe('what the page says of the instants that it compares', () => {
  test('closes of several instants are told apart, and one of which nobody knows is not passed over', () => {
    const assets = [fixed('BTC', '00:00 UTC'), fixed('AAPL', bell), fixed('MSFT', bell), fixed('^VIX', null)];
    expect(fixingWords(assets)).toBe(
      `Closes of one date are not of one instant: 00:00 UTC (BTC); ${bell} (AAPL, MSFT); nobody says when (^VIX).`,
    );
  });

  test('closes of one instant are said to be so', () => {
    expect(fixingWords([fixed('AAPL', bell), fixed('MSFT', bell)])).toBe(
      `All closes are fixed alike: ${bell}.`,
    );
  });

  test('an asset without a price takes no part', () => {
    expect(fixingWords([fixed('BTC', '00:00 UTC', 0)])).toBeNull();
    expect(fixingWords([fixed('BTC', '00:00 UTC', 0), fixed('AAPL', null)])).toBe(
      'Nobody says when these closes are fixed.',
    );
  });

  test('of many tickers the first four are named', () => {
    const many = ['A', 'B', 'C', 'D', 'E', 'F'].map((ticker) => fixed(ticker, bell));
    expect(fixingWords([fixed('BTC', '00:00 UTC'), ...many])).toContain(`${bell} (A, B, C, D and 2 others)`);
  });
});
