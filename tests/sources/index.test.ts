import { expect, it } from 'vitest';
import { createSources } from '../../sources/index.ts';

it('every source stands under its own name, with its resources', () => {
  const sources = createSources({ csvFiles: {} });
  const found = [...sources].map(([name, source]) => [name, source.name, ...Object.keys(source.resources)]);
  expect(found).toEqual([
    ['coingecko', 'coingecko', 'market_chart', 'markets'],
    ['massive', 'massive', 'daily_bars'],
    ['csv', 'csv', 'daily_closes'],
  ]);
});
