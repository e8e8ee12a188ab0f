import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCoins, readCoins, segments } from '../../contracts/coins.ts';
import { coincapId } from '../../sources/sample/coincap-names.ts';
import { coinpaprikaId } from '../../sources/sample/coinpaprika-names.ts';
import { listedAssets } from '../../sources/sample/catalogue.ts';
import { contractsFolder } from './support.ts';

const coins = (...lines: string[]): string => ['coins:', ...lines.map((line) => `  ${line}`)].join('\n');
const bit = 'bit: { symbol: BIT, name: Bit, segment: meme, ids: { coingecko: bit } }';
const refusal = (text: string): string => {
  try {
    readCoins(text, 'coins.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('the mapping of coins', () => {
  it('knows every named coin of the sample market by the id of each source', () => {
    const mapped = new Set(
      loadCoins().map(({ ids }) => `${ids['coingecko']} ${ids['coincap']} ${ids['coinpaprika']}`),
    );
    const named = listedAssets.filter(({ kind }) => kind === 'crypto');
    expect(named).toHaveLength(16);
    const wanted = named.map((coin) => `${coin.symbol} ${coincapId(coin)} ${coinpaprikaId(coin)}`);
    expect(wanted.filter((ids) => !mapped.has(ids))).toEqual([]);
  });

  it('sorts its coins into the segments that its head names', () => {
    const text = readFileSync(join(contractsFolder, 'coins.yaml'), 'utf8').replaceAll(/\s*\n#\s*/g, ' ');
    expect(text).toContain(`segment is one of: ${segments.join(', ')}.`);
  });

  it('reads a coin with its ids', () => {
    expect(readCoins(coins(bit), 'coins.yaml')).toEqual([
      { coin: 'bit', symbol: 'BIT', name: 'Bit', segment: 'meme', ids: { coingecko: 'bit' } },
    ]);
  });

  it.each([
    [
      'an id that two coins claim',
      coins(bit, bit.replace('bit:', 'byte:')),
      'coins.yaml:3:68: coingecko id bit is that of bit already',
    ],
    ['one coin twice', coins(bit, bit), 'coins.yaml:3:3'],
    [
      'an id of ours that could be taken for a source’s',
      coins(bit.replace('bit:', '"coingecko:bit":')),
      'coins.yaml:2:3: an id of ours has small letters, digits and hyphens only',
    ],
    ['a segment that nobody knows', coins(bit.replace('meme', 'fun')), 'coins.yaml:2:43'],
    [
      'a coin without any source',
      coins(bit.replace('{ coingecko: bit }', '{}')),
      'a coin has the id of one source at least',
    ],
    ['a key that nobody reads', coins(bit.replace('ids', 'rank: 1, ids')), 'coins.yaml:2:8'],
  ])('refuses %s, and says where', (_what, text, words) => {
    expect(refusal(text)).toContain(words);
  });
});
