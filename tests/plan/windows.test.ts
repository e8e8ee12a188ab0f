import { describe, expect, it } from 'vitest';
import { dueCells, type DueCell, type KnownCell, type PlannedAsset } from '../../plan/due-cells.ts';
import { makePlan } from '../../plan/plan.ts';
import { planWindows } from '../../plan/windows.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import { coin, currency, noMemory, stock } from './support.ts';

const todo = (asset: PlannedAsset, dates: readonly string[], known?: KnownCell): DueCell[] =>
  dates.map((date) => ({ asset, date, known, fate: { kind: 'todo' } }));
const ids = (cells: readonly DueCell[], isForced = false): string[] =>
  planWindows(cells, isForced).map(({ id }) => id);
const batch = { id: 'b1', ingestionDate: '2026-01-06' };

describe('windows', () => {
  it('of cells that are judged again are their batches, by the symbol they were read by, and never a request', () => {
    const renamed = { ...stock('META'), symbol: 'FB' };
    const again = (asset: PlannedAsset): DueCell => {
      const fate = { kind: 'todo', cause: 'contract', batch } as const;
      return { asset, date: '2026-01-05', known: { state: 'published' }, fate };
    };
    const cells = [again(renamed), again(stock('AAPL'))];
    const { windows, summary } = makePlan(
      { kind: 'reaudit', contracts: {}, tickers: null, range: null },
      cells,
      '2026-01-07',
    );
    expect(windows).toMatchObject([
      { id: 'window/massive.daily_bars/META/batch-b1', batch, cause: 'contract', assets: [{ symbol: 'FB' }] },
      { id: 'window/massive.daily_bars/AAPL/batch-b1', batch, cause: 'contract' },
    ]);
    expect([summary.todo, summary.requests]).toEqual([2, {}]);
  });

  it('are ranges for one ticker and whole days for many, stocks apart from currencies', () => {
    expect(ids(todo(stock('AAPL'), datesBetween('2026-01-05', '2026-01-09')))).toEqual([
      'window/massive.daily_bars/AAPL/2026-01-05..2026-01-09',
    ]);
    const day = ['2026-01-05'];
    const cells = ['AAPL', 'MSFT'].flatMap((ticker) => todo(stock(ticker), day));
    const pairs = ['EURUSD', 'GBPUSD'].flatMap((ticker) => todo(currency(ticker), day));
    expect(planWindows([...cells, ...pairs], false)).toEqual([
      {
        id: 'window/massive.daily_bars/all.stocks/2026-01-05..2026-01-05',
        dataset: 'massive.daily_bars',
        ask: { kind: 'grouped', group: 'stocks', date: '2026-01-05' },
        assets: [
          { ticker: 'AAPL', symbol: 'AAPL' },
          { ticker: 'MSFT', symbol: 'MSFT' },
        ],
        dates: day,
      },
      {
        id: 'window/massive.daily_bars/all.fx/2026-01-05..2026-01-05',
        dataset: 'massive.daily_bars',
        ask: { kind: 'grouped', group: 'fx', date: '2026-01-05' },
        assets: [
          { ticker: 'EURUSD', symbol: 'C:EURUSD' },
          { ticker: 'GBPUSD', symbol: 'C:GBPUSD' },
        ],
        dates: day,
      },
    ]);
  });

  it('never ask a source that has no whole days for one', () => {
    const cells = ['A', 'B', 'C'].flatMap((ticker) => todo(coin(ticker), ['2026-01-05']));
    expect(planWindows(cells, false).map(({ ask }) => ask.kind)).toEqual(['range', 'range', 'range']);
  });

  it('are cut where one request cannot reach over them, and not a day before', () => {
    const year = datesBetween('2025-01-01', '2025-12-31');
    expect(ids(todo(coin('BTC'), year))).toHaveLength(1);
    expect(ids(todo(coin('BTC'), [...year, '2026-01-01']))).toEqual([
      'window/coingecko.market_chart/BTC/2025-01-01..2025-12-31',
      'window/coingecko.market_chart/BTC/2026-01-01..2026-01-01',
    ]);
    const unlimited = coin('FILE', {
      coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: () => null },
    });
    expect(ids(todo(unlimited, datesBetween('2016-01-01', '2025-12-31')))).toHaveLength(1);
    expect(ids(todo(unlimited, datesBetween('2000-01-01', '2025-12-31')))).toHaveLength(2);
  });

  it('reach from the first to the last date that is wanted and hold only the wanted ones', () => {
    const [window] = planWindows(todo(coin('BTC'), ['2026-01-09', '2026-01-05']), false);
    expect(window).toMatchObject({
      ask: { from: '2026-01-05', to: '2026-01-09' },
      dates: ['2026-01-05', '2026-01-09'],
    });
  });
});

describe('a batch that was staged before', () => {
  const dates = ['2026-01-05', '2026-01-06'];

  it('is used again for cells that failed after staging, and counts as no request', () => {
    const cells = todo(stock('AAPL'), dates, { state: 'failed', code: 'LakeUnwritable', batch });
    const plan = makePlan({ kind: 'retry', of: 'all' }, cells, '2026-01-07');
    expect(plan.windows).toMatchObject([{ id: 'window/massive.daily_bars/AAPL/batch-b1', batch, dates }]);
    expect(plan.summary).toMatchObject({ todo: 2, requests: {} });
  });

  it.each([
    ['had nothing for them', { state: 'failed', code: 'NoData', batch }],
    ['is damaged', { state: 'failed', code: 'LakeDamaged', batch }],
    ['was refused by the audit', { state: 'refused', code: 'AuditRefused', batch }],
    ['was never named', { state: 'failed', code: 'Network' }],
  ] as const)('is not used for cells where it %s', (_title, known) => {
    const [window] = planWindows(todo(stock('AAPL'), dates, known), false);
    expect(window).toMatchObject({ id: 'window/massive.daily_bars/AAPL/2026-01-05..2026-01-06' });
    expect(window?.batch).toBeUndefined();
  });

  it('is not used where everything is to be fetched anew', () => {
    const cells = todo(stock('AAPL'), dates, { state: 'failed', code: 'LakeUnwritable', batch });
    expect(ids(cells, true)).toEqual(['window/massive.daily_bars/AAPL/2026-01-05..2026-01-06']);
  });

  it('makes a window for each ticker that it holds', () => {
    const known: KnownCell = { state: 'failed', code: 'LakeUnwritable', batch };
    expect(ids([...todo(stock('A'), dates, known), ...todo(stock('B'), dates, known)])).toEqual([
      'window/massive.daily_bars/A/batch-b1',
      'window/massive.daily_bars/B/batch-b1',
    ]);
  });
});

describe('a plan', () => {
  it('counts every cell once, and its requests by source', () => {
    const request = {
      kind: 'backfill',
      range: { from: '2026-01-01', to: '2026-01-07' },
      tickers: null,
      force: false,
      clip: false,
    } as const;
    const cells = dueCells(request, [stock('AAPL'), coin('BTC')], noMemory, new Date('2026-01-06T12:00:00Z'));
    const { summary, alone, newlyClosed, windows } = makePlan(request, cells, '2026-01-06');
    expect(summary).toEqual({
      due: 14,
      closed: 3,
      published: 0,
      skipped: 0,
      waiting: 4,
      todo: 7,
      requests: { massive: 1, coingecko: 1 },
      from: '2026-01-01',
      to: '2026-01-07',
    });
    expect([alone.length, newlyClosed.length, windows.length]).toEqual([4, 3, 2]);
  });

  it('of nothing is empty and names today', () => {
    expect(makePlan({ kind: 'retry', of: 'all' }, [], '2026-01-06')).toMatchObject({
      windows: [],
      summary: { due: 0, from: '2026-01-06', to: '2026-01-06' },
    });
  });

  it('of five years of 500 tickers holds every cell in exactly one of 500 windows', () => {
    const assets = Array.from({ length: 500 }, (_, index) => stock(`T${index}`, { historyDays: null }));
    const request = {
      kind: 'backfill',
      range: { from: '2021-01-01', to: '2025-12-31' },
      tickers: null,
      force: false,
      clip: false,
    } as const;
    const cells = dueCells(request, assets, noMemory, new Date('2026-01-06T12:00:00Z'));
    const { summary, windows } = makePlan(request, cells, '2026-01-06');
    expect(summary).toMatchObject({
      due: 1_826 * 500,
      closed: 571 * 500,
      todo: 1_255 * 500,
      requests: { massive: 500 },
    });
    expect(windows).toHaveLength(500);
    expect(windows.reduce((sum, { assets: own, dates }) => sum + own.length * dates.length, 0)).toBe(
      summary.todo,
    );
    expect(new Set(windows.map(({ id }) => id)).size).toBe(500);
  });
});
