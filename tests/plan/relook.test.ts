import { describe, expect, it } from 'vitest';
import type { DueCell, KnownCell } from '../../plan/due-cells.ts';
import { makePlan } from '../../plan/plan.ts';
import { dueLooks, looksOf, withLooks, type LookedCell } from '../../plan/relook.ts';
import { addDays, datesBetween, type PartitionDate } from '../../workflows/pure/cell.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { coin, stock } from './support.ts';

const afterDays = [1, 7, 30];
const btc = coin('BTC');
/** When the daily run of a day ticks: half past three in New York on the day after it, in winter. */
const tickOf = (date: PartitionDate): Date => new Date(`${addDays(date, 1)}T08:30:00Z`);

const looked = (date: PartitionDate, lookedAt: Date, asset = btc): LookedCell => ({
  dataset: asset.dataset,
  ticker: asset.ticker,
  date,
  state: 'published',
  lookedAt,
});

/** What a daily run looks at again, as `DATE look`. */
function looks(
  cells: readonly LookedCell[],
  date: PartitionDate,
  assets = [btc],
  days = afterDays,
): string[] {
  const rule = { afterDays: days, date, now: tickOf(date) };
  return looksOf(cells, assets, rule).map((cell) =>
    cell.fate.kind === 'look' ? `${cell.date} ${cell.fate.look}` : cell.fate.kind,
  );
}

describe('a published cell is looked at again', () => {
  it('1, 7 and 30 days after its day was final, once each, through forty daily runs', () => {
    const days = datesBetween('2026-01-05', '2026-02-13');
    let lookedAt = tickOf('2026-01-05');
    const found = days.flatMap((date) => {
      const due = looks([looked('2026-01-05', lookedAt)], date);
      if (due.length > 0) lookedAt = tickOf(date);
      return due.map((look) => `${date}: ${look}`);
    });
    expect(found).toEqual([
      '2026-01-06: 2026-01-05 1',
      '2026-01-12: 2026-01-05 7',
      '2026-02-04: 2026-01-05 30',
    ]);
  });

  it('once for all looks that an outage has missed, by the newest of them', () => {
    expect(looks([looked('2026-01-05', tickOf('2026-01-05'))], '2026-01-20')).toEqual(['2026-01-05 7']);
    expect(looks([looked('2026-01-05', tickOf('2026-01-20'))], '2026-01-21')).toEqual([]);
    expect(looks([looked('2026-01-05', tickOf('2026-01-05'))], '2026-09-01')).toEqual(['2026-01-05 30']);
  });

  it('not where its source was asked later than the look was due, as by a long backfill', () => {
    const history = datesBetween('2025-01-01', '2026-01-05').map((date) =>
      looked(date, tickOf('2026-01-05')),
    );
    expect(looks(history, '2026-01-05')).toEqual([]);
    expect(looks(history, '2026-01-06')).toEqual(['2025-12-07 30', '2025-12-30 7', '2026-01-05 1']);
  });

  it('by the hour of its own source, and not beyond its history', () => {
    const aapl = stock('AAPL');
    const cell = looked('2026-01-05', new Date('2026-01-07T05:59:59Z'), aapl);
    expect(looks([cell], '2026-01-06', [aapl])).toEqual(['2026-01-05 1']);
    const later = { ...cell, lookedAt: new Date('2026-01-07T06:00:00Z') };
    expect(looks([later], '2026-01-06', [aapl])).toEqual([]);
    expect(looks([cell], '2026-02-04', [stock('AAPL', { historyDays: 20 })])).toEqual([]);
  });

  it('only by the run of the newest final day: those that make up for an outage would all ask', async () => {
    const row = {
      ...{
        source: 'coingecko',
        resource: 'market_chart',
        ticker: 'BTC',
        date: '2026-01-05',
        state: 'published',
      },
      looked_at_ms: String(tickOf('2026-01-05').getTime()),
    };
    const index = { rows: async () => Promise.resolve([row]) };
    const found = async (date: PartitionDate): Promise<number> =>
      (await dueLooks(index, [btc], { afterDays, date, now: tickOf('2026-01-06') })).length;
    expect([await found('2026-01-06'), await found('2026-01-05'), await found('2026-01-04')]).toEqual([
      1, 0, 0,
    ]);
  });

  it('never where no look is configured, and not as an asset that is configured no more', () => {
    const cell = looked('2026-01-05', tickOf('2026-01-05'));
    expect(looks([cell], '2026-01-06', [btc], [])).toEqual([]);
    expect(looks([cell], '2026-01-06', [coin('ETH')])).toEqual([]);
  });
});

describe('the plan of a daily run', () => {
  const request: RunRequest = { kind: 'daily', date: '2026-01-05', isExplicit: false };
  const aapl = stock('AAPL');
  const published: KnownCell = { state: 'published' };
  const look = (asset: typeof aapl, date: PartitionDate, days = 7): DueCell => {
    return { asset, date, known: published, fate: { kind: 'look', look: days } };
  };
  const todo = (asset: typeof aapl, date: PartitionDate): DueCell => {
    return { asset, date, known: undefined, fate: { kind: 'todo' } };
  };
  const past: DueCell = { asset: aapl, date: '2026-01-02', known: published, fate: { kind: 'published' } };

  it('asks for what is looked at again in the window that it asks for anyway, and counts it apart', () => {
    const cells = withLooks(
      [past, todo(aapl, '2026-01-05')],
      [look(aapl, '2025-12-05', 30), look(aapl, '2025-12-29'), look(aapl, '2026-01-02', 1)],
    );
    const { windows, summary } = makePlan(request, cells, '2026-01-06');
    expect(windows).toMatchObject([
      {
        id: 'window/massive.daily_bars/AAPL/2025-12-05..2026-01-05',
        dates: ['2025-12-05', '2025-12-29', '2026-01-02', '2026-01-05'],
        looks: { AAPL: { '2025-12-05': 30, '2025-12-29': 7, '2026-01-02': 1 } },
      },
    ]);
    expect(windows[0]?.looks?.['AAPL']).not.toHaveProperty('2026-01-05');
    expect(summary).toMatchObject({
      due: 1,
      todo: 1,
      looks: 3,
      requests: { massive: 1 },
      from: '2026-01-05',
    });
  });

  it('asks for whole days of a market where those are fewer', () => {
    const assets = Array.from({ length: 9 }, (_, place) => stock(`T${place}`));
    const cells = assets.flatMap((asset) => [todo(asset, '2026-01-05'), look(asset, '2025-12-29')]);
    const { windows, summary } = makePlan(request, cells, '2026-01-06');
    expect(windows.map(({ ask, looks: own }) => [ask.kind, Object.keys(own ?? {}).length])).toEqual([
      ['grouped', 0],
      ['grouped', 9],
    ]);
    expect(summary.requests).toEqual({ massive: 2 });
  });

  it('takes what is to do in any case for no look, and asks anew for one that failed with its batch', () => {
    const failed: KnownCell = {
      state: 'failed',
      code: 'LakeFull',
      batch: { id: 'b1', ingestionDate: '2026-01-02' },
    };
    const again = withLooks([todo(aapl, '2026-01-02')], [look(aapl, '2026-01-02', 1)]);
    expect(again.map(({ fate }) => fate.kind)).toEqual(['todo']);
    const { windows } = makePlan(request, [{ ...look(aapl, '2026-01-02'), known: failed }], '2026-01-06');
    expect(windows.map(({ batch }) => batch)).toEqual([undefined]);
  });

  it('looks at a whole history a month at a time', () => {
    const cells = ['2025-12-05', '2025-12-08'].map((date): DueCell => {
      return { asset: aapl, date, known: published, fate: { kind: 'look', look: 'history' } };
    });
    expect(makePlan(request, cells, '2026-01-06').windows).toMatchObject([{ grain: 'month' }]);
  });
});
