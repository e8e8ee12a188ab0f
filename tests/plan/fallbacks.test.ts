import { describe, expect, it } from 'vitest';
import { everySource, type KnownCell, type Memory, type PlannedAsset } from '../../plan/due-cells.ts';
import { fallbacksOf, type EndedCells, type Fallbacks } from '../../plan/fallbacks.ts';
import { readStaleness } from '../../plan/staleness.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { coveredWords, isCovered, noneCovered } from '../../workflows/pure/fallback.ts';
import { coin } from './support.ts';

const now = new Date('2026-01-10T12:00:00Z');
const second = coin('BTC', { dataset: 'csv.daily_closes', symbol: 'btc' });
const third = coin('BTC', { dataset: 'massive.daily_bars', symbol: 'X:BTCUSD' });
const btc = coin('BTC', { fallbacks: [second, third] });
const eth = coin('ETH');
const [day, next] = ['2026-01-05', '2026-01-06'];

const failed: KnownCell = { state: 'failed', code: 'KeyRefused' };
const refused: KnownCell = { state: 'refused', code: 'AuditRefused' };

/** A cell as tests name it: `coingecko BTC 2026-01-05`. */
function named({ dataset, ticker, date }: CellKey): string {
  return `${dataset.split('.')[0]} ${ticker} ${date}`;
}

/** What is known after a run, by the names of cells; what did not get there was tried. */
function after(
  cells: Readonly<Record<string, KnownCell>>,
  more: Partial<EndedCells> & { assets?: readonly PlannedAsset[] } = {},
): Fallbacks {
  const { assets = [btc, eth] } = more;
  const all = everySource(assets).flatMap(({ dataset, ticker }) =>
    [day, next].map((date) => ({ dataset, ticker, date })),
  );
  const memory: Memory = (dataset, ticker, date) => cells[named({ dataset, ticker, date })];
  const troubled = all.flatMap((cell) => {
    const known = cells[named(cell)];
    return known && ['failed', 'refused'].includes(known.state) ? [{ ...cell, known }] : [];
  });
  return fallbacksOf({
    assets,
    troubled,
    isTried: (cell) => troubled.some((one) => named(one) === named(cell)),
    hasPrice: (cell) => cells[named(cell)]?.state === 'published',
    memory,
    now,
    ...more,
  });
}

const asked = ({ due }: Fallbacks): string[] =>
  due.map(({ asset, date }) => named({ dataset: asset.dataset, ticker: asset.ticker, date }));

describe('the next source is asked', () => {
  it('for the days that the first one let fail, and for no others', () => {
    expect(asked(after({ [`coingecko BTC ${day}`]: failed, [`coingecko ETH ${day}`]: failed }))).toEqual([
      `csv BTC ${day}`,
    ]);
    expect(asked(after({ [`coingecko BTC ${next}`]: refused }))).toEqual([`csv BTC ${next}`]);
  });

  it('one after the other, each once in a run', () => {
    const both = { [`coingecko BTC ${day}`]: failed, [`csv BTC ${day}`]: failed };
    expect(asked(after(both))).toEqual([`massive BTC ${day}`]);
    expect(asked(after({ ...both, [`massive BTC ${day}`]: failed }))).toEqual([]);
  });

  it('again by a later run, where it failed in an earlier one', () => {
    const cells = { [`coingecko BTC ${day}`]: failed, [`csv BTC ${day}`]: failed };
    const isTried = ({ dataset }: CellKey): boolean => dataset === btc.dataset;
    const troubled = [{ dataset: btc.dataset, ticker: 'BTC', date: day, known: failed }];
    expect(asked(after(cells, { troubled, isTried }))).toEqual([`csv BTC ${day}`]);
  });

  it('only for what a source did, and not where the lake, a contract or this project failed', () => {
    for (const code of ['LakeUnwritable', 'LakeDamaged', 'ContractInvalid', 'Missing', 'TypeError'])
      expect(asked(after({ [`coingecko BTC ${day}`]: { state: 'failed', code } }))).toEqual([]);
    for (const code of ['SourceUnavailable', 'SymbolUnknown', 'RangeRefused', 'NoData', 'EndlessAnswer'])
      expect(asked(after({ [`coingecko BTC ${day}`]: { state: 'failed', code } }))).toHaveLength(1);
  });

  it('unless it cannot have the day: given up, without a session, beyond its history, or not final yet', () => {
    const first = { [`coingecko BTC ${day}`]: failed };
    for (const state of ['skipped', 'closed'] as const)
      expect(asked(after({ ...first, [`csv BTC ${day}`]: { state } }))).toEqual([`massive BTC ${day}`]);
    const short = coin('BTC', { fallbacks: [{ ...second, historyDays: 4 }] });
    expect(asked(after(first, { assets: [short] }))).toEqual([]);
    const late = new Date('2026-01-06T00:50:00Z');
    const slow = coin('BTC', { fallbacks: [{ ...second, final: { time: '02:00', timeZone: 'UTC' } }] });
    expect(asked(after(first, { assets: [slow], now: late }))).toEqual([]);
  });

  it('not where the first source has a price, though a further look at it failed', () => {
    const hasPrice = ({ dataset }: CellKey): boolean => dataset === btc.dataset;
    const { due, covered } = after({ [`coingecko BTC ${day}`]: failed }, { hasPrice });
    expect([due, covered]).toEqual([[], noneCovered]);
  });
});

describe('a cell that did not get there is covered', () => {
  it('by the first source in order that has a price of its day', () => {
    const cells = {
      [`coingecko BTC ${day}`]: failed,
      [`coingecko BTC ${next}`]: failed,
      [`csv BTC ${day}`]: failed,
      [`csv BTC ${next}`]: { state: 'published' as const },
      [`massive BTC ${day}`]: { state: 'published' as const },
    };
    const { covered, due } = after(cells);
    const one = { ticker: 'BTC', cells: 1 };
    expect(due).toEqual([]);
    expect(covered).toEqual({
      cells: 3,
      stretches: [
        { ...one, dataset: btc.dataset, from: day, to: day, by: third.dataset },
        { ...one, dataset: btc.dataset, from: next, to: next, by: second.dataset },
        { ...one, dataset: second.dataset, from: day, to: day, by: third.dataset },
      ],
    });
    expect(isCovered({ dataset: btc.dataset, ticker: 'BTC', date: next }, covered)).toBe(true);
    expect(isCovered({ dataset: btc.dataset, ticker: 'BTC', date: day, to: next }, covered)).toBe(false);
    expect(coveredWords(covered)).toContain(`BTC ${next} from csv.daily_closes in place of ${btc.dataset}`);
  });

  it('not where something of our own failed, whatever price there is', () => {
    const broken: KnownCell = { state: 'failed', code: 'LakeDamaged' };
    const price: KnownCell = { state: 'published' };
    expect(after({ [`coingecko BTC ${day}`]: broken, [`csv BTC ${day}`]: price }).covered).toEqual(
      noneCovered,
    );
  });
});

it('an asset is as fresh as the newest of its sources', async () => {
  const rows = async (): Promise<Record<string, string>[]> => [
    { source: 'coingecko', resource: 'market_chart', ticker: 'BTC', newest: '2026-01-03' },
    { source: 'csv', resource: 'daily_closes', ticker: 'BTC', newest: '2026-01-09' },
  ];
  const [found] = await readStaleness({ rows }, [btc], now, '2026-01-01');
  expect(found).toMatchObject({ dataset: btc.dataset, newest: '2026-01-09', days: 0 });
});
