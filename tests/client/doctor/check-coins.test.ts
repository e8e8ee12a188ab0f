import { describe, expect, it } from 'vitest';
import { coinWords } from '../../../client/doctor/check-coins.ts';

const coins = [
  { coin: 'bit', symbol: 'BIT', name: 'Bit', segment: 'meme', ids: { coingecko: 'bit', coincap: 'b' } },
];
const of = (source: string, id: string): Parameters<typeof coinWords>[1][number] => ({
  ...{ source, resource: 'list', date: '2026-01-02', id },
});
const datasets = new Set(['coingecko.list', 'coincap.list']);

describe('the doctor on coins', () => {
  it('counts those of each newest snapshot that are in no mapping, by the ids of that source', () => {
    const members = [of('coingecko', 'bit'), of('coingecko', 'b'), of('coincap', 'b'), of('massive', 'AAPL')];
    expect(coinWords(coins, members, datasets)).toBe(
      '1 coin mapped; in no mapping are 1 of the 2 of coingecko.list of 2026-01-02: see metadata.unmatched_coins',
    );
  });

  it('says no more than how many are mapped where none is left', () => {
    expect(coinWords(coins, [of('coincap', 'b')], datasets)).toBe('1 coin mapped');
  });
});
