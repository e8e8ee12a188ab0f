import { describe, expect, it } from 'vitest';
import { coincapSource } from '../../sources/coincap.ts';
import { coinpaprikaSource } from '../../sources/coinpaprika.ts';
import type { Ask, RawPage } from '../../sources/source.ts';
import { cellOf, codeOf, page, rangeAsk, resourceOf } from './support.ts';

const assets = resourceOf(coincapSource(), 'assets');
const tickers = resourceOf(coinpaprikaSource(), 'tickers');
const ask = (top: number): Ask => ({ kind: 'snapshot', top, date: '2026-01-02' });

const assetPage = (ids: readonly string[], at = '2026-01-02T10:22:03Z'): RawPage =>
  page({
    data: ids.map((id) => ({ id, rank: '1', symbol: 'SMP', name: id, priceUsd: '1.5' })),
    timestamp: Date.parse(at),
  });
const ids = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `coin-${from + index}`);
const tickersPage = (...ranks: readonly (readonly [id: string, rank: number, at?: string])[]): RawPage =>
  page(
    ranks.map(([id, rank, last_updated = '2026-01-02T10:20:17Z']) => ({
      ...{ id, rank, name: id, symbol: 'SMP', last_updated },
      quotes: { USD: { price: rank / 2 } },
    })),
  );

describe('a snapshot of coincap', () => {
  it('asks by an offset, for no more than a page can have', () => {
    expect(assets.firstPage(ask(100)).target).toBe('/assets?limit=100&offset=0');
    expect(assets.firstPage(ask(5000)).target).toBe('/assets?limit=2000&offset=0');
    expect(assets.coverage.isSnapshot).toBe(true);
  });

  it('of up to two thousand coins is one page, and of more as many as it takes', () => {
    expect(assets.nextPage?.([assetPage(ids(1, 100))], ask(100))).toBeUndefined();
    const full = assetPage(ids(1, 2000));
    expect(assets.nextPage?.([full], ask(2500))).toEqual({ target: '/assets?limit=2000&offset=2000' });
    const rest = assetPage(ids(2001, 700));
    expect(assets.nextPage?.([full, rest], ask(2500))).toBeUndefined();
    expect(assets.membersOf?.([full, rest], ask(2500))?.ids).toHaveLength(2500);
  });

  it('whose ranking moves between two pages has no coin twice, names the one, and asks once more', () => {
    const pages = [assetPage(ids(1, 2000)), assetPage(ids(2000, 2000))];
    expect(assets.membersOf?.(pages, ask(4000))).toMatchObject({ repeated: ['coin-2000'] });
    expect(assets.membersOf?.(pages, ask(4000))?.ids).toHaveLength(3999);
    expect(assets.nextPage?.(pages, ask(4000))).toEqual({ target: '/assets?limit=2000&offset=4000' });
    expect(assets.nextPage?.([...pages, assetPage(ids(4000, 5))], ask(4000))).toBeUndefined();
  });

  it('that comes short is not the end of the ranking: one without a coin is', () => {
    const next = assets.nextPage?.([assetPage(ids(1, 99))], ask(100));
    expect(next?.target).toBe('/assets?limit=100&offset=100');
    expect(assets.nextPage?.([assetPage(ids(1, 30)), assetPage([])], ask(100))).toBeUndefined();
    expect(assets.nextPage?.([assetPage([])], ask(100))).toBeUndefined();
  });

  it('gives each coin its place, and none on another day or for an id that is not in it', () => {
    const pages = [assetPage(['a', 'b'])];
    const on = (id: string, date = '2026-01-02'): unknown[] =>
      assets.rowsOfCell(pages, ask(100), { ...cellOf(id, date), ticker: id });
    expect(on('b')).toMatchObject([{ coin_id: 'b', rank: 2, price: 1.5 }]);
    expect([on('b', '2026-01-01'), on('c')]).toEqual([[], []]);
  });

  it('of another day is refused', async () => {
    const late = assetPage(['a'], '2026-01-03T00:00:01Z');
    expect(await codeOf(() => assets.readPage(late, ask(100)))).toBe('WrongDay');
  });

  it.each([
    ['a range', rangeAsk('bitcoin', '2026-01-01', '2026-01-01')],
    ['nobody', ask(0)],
  ])('for %s cannot be asked for', async (_, wrong) => {
    expect(await codeOf(() => assets.firstPage(wrong))).toBe('RequestRefused');
  });
});

describe('a snapshot of coinpaprika', () => {
  it('is one answer, whatever is asked for, of which the first ranks count', () => {
    expect(tickers.firstPage(ask(2)).target).toBe('/tickers?quotes=USD');
    const whole = tickersPage(['c-c', 3], ['x-x', 0], ['a-a', 1], ['b-b', 2]);
    expect(tickers.nextPage?.([whole], ask(2))).toBeUndefined();
    expect(tickers.nextPage?.([whole], ask(100))).toBeUndefined();
    expect(tickers.membersOf?.([whole], ask(2))).toEqual({ ids: ['a-a', 'b-b'], repeated: [] });
    expect(tickers.readPage(whole, ask(2))).toEqual({ rowCount: 3 });
    const cell = { ...cellOf('b-b', '2026-01-02'), ticker: 'b-b' };
    expect(tickers.rowsOfCell([whole], ask(2), cell)).toMatchObject([{ rank: 2, price: 1 }]);
    expect(tickers.rowsOfCell([whole], ask(1), cell)).toEqual([]);
  });

  it('is of the day of its newest row: a coin that has gone quiet spoils none', async () => {
    const quiet = tickersPage(['a-a', 1], ['b-b', 2, '2025-12-24T00:00:00Z']);
    expect(tickers.readPage(quiet, ask(2))).toEqual({ rowCount: 2 });
    const yesterdays = tickersPage(['a-a', 1, '2026-01-01T23:59:59Z']);
    expect(await codeOf(() => tickers.readPage(yesterdays, ask(2)))).toBe('WrongDay');
  });
});
