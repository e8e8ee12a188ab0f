import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runDetails, windowDetails } from '../../workflows/pure/run-details.ts';
import { emptyTally, type PlanSummary, type RunProgress, type RunRequest } from '../../workflows/pure/run.ts';
import {
  NotUnderstood,
  readAct,
  requestOfAdd,
  steerHelp,
  wordsOf,
} from '../../workflows/pure/steer-words.ts';
import {
  fateOf,
  shareAt,
  steerKinds,
  unsteered,
  windowsNow,
  withAct,
  type LeaveOut,
  type Load,
} from '../../workflows/pure/steering.ts';

const said = { by: 'a person', reason: null };
const everything = { tickers: null, from: null, to: null };

describe('an act', () => {
  it.each([
    ['pause', undefined, { kind: 'pause', ...said }],
    ['pause', 'vendor maintenance', { kind: 'pause', by: 'a person', reason: 'vendor maintenance' }],
    ['resume', { by: ' night\n shift ' }, { kind: 'resume', by: 'night shift', reason: null }],
    ['concurrency', 8, { kind: 'concurrency', cellsAtOnce: 8, ...said }],
    ['concurrency', { cells: 500 }, { kind: 'concurrency', cellsAtOnce: 500, ...said }],
    ['add', { tickers: 'BTC, AAPL,BTC' }, { kind: 'add', ...everything, tickers: ['AAPL', 'BTC'], ...said }],
    ['drop', { from: '2026-11-01' }, { kind: 'drop', ...everything, from: '2026-11-01', ...said }],
    [
      'skip',
      { date: '2026-11-18', ticker: 'AAPL', reason: 'lost' },
      { kind: 'skip', date: '2026-11-18', ticker: 'AAPL', dataset: null, by: 'a person', reason: 'lost' },
    ],
  ] as const)('%s is read from %j', (kind, value, act) => {
    expect(readAct(kind, value)).toEqual(act);
  });

  it.each([
    ['pause', 3, 'cannot be read from 3'],
    ['pause', { since: 'now' }, 'knows no "since"'],
    ['pause', { reason: 'x'.repeat(501) }, 'must be a text of 1 to 500'],
    ['concurrency', undefined, 'nothing is no number of cells'],
    ['concurrency', 0, 'to hold the run, pause it'],
    ['concurrency', '8', 'cannot be read from "8"'],
    ['concurrency', 2.5, 'is no number of cells'],
    ['add', {}, 'needs tickers, dates or both'],
    ['add', { tickers: [] }, 'must be a list of 1 to 50 tickers'],
    ['add', { tickers: ['x'.repeat(41)] }, 'must be a list'],
    ['drop', { from: '2026-02-30' }, 'there is no such date'],
    ['drop', { from: '2026-11-02', to: '2026-11-01' }, 'lies after'],
    ['drop', ['AAPL'], 'cannot be read from ["AAPL"]'],
    ['skip', { date: '2026-11-18', ticker: 'AAPL' }, 'needs a date, a ticker and a reason'],
  ] as const)('%s cannot be read from %j', (kind, value, sentence) => {
    expect(() => readAct(kind, value)).toThrow(NotUnderstood);
    expect(() => readAct(kind, value)).toThrow(sentence);
  });

  it('whatever is sent is read or refused with a sentence, never anything else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...steerKinds), fc.jsonValue(), (kind, value) => {
        try {
          expect(wordsOf(readAct(kind, value))).not.toContain('\n');
        } catch (error) {
          expect(error).toBeInstanceOf(NotUnderstood);
        }
      }),
    );
  });

  it('is told in words, whatever it is', () => {
    const act = readAct('drop', { tickers: ['AAPL'], from: '2026-11-01', to: '2026-11-01', reason: 'late' });
    expect(wordsOf(act)).toBe('dropped AAPL 2026-11-01 by a person: late');
    expect(wordsOf(readAct('add', { to: '2026-11-05' }))).toBe('added to 2026-11-05 by a person');
    expect(wordsOf(readAct('add', { from: '2026-11-01', to: '2026-11-05' }))).toBe(
      'added from 2026-11-01 to 2026-11-05 by a person',
    );
  });

  it('is counted, and only the newest few are kept, so that a long run stays small', () => {
    const many = Array.from({ length: 40 }, (_, index) => `act ${index + 1}`);
    const steering = many.reduce((state, words) => withAct(state, '2026-11-19T12:00:00Z', words), unsteered);
    expect(steering.actCount).toBe(40);
    expect(steering.acts.map(({ number }) => number)).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
  });
});

describe('an addition', () => {
  const planned = { from: '2026-11-01', to: '2026-11-19' };
  const backfill: RunRequest = {
    kind: 'backfill',
    range: { days: 19 },
    tickers: ['BTC'],
    force: true,
    clip: false,
  };
  const add = (request: RunRequest, value: object): RunRequest => {
    const act = readAct('add', value);
    return requestOfAdd(request, planned, act.kind === 'add' ? act : everything);
  };

  it('takes what it leaves out from the run', () => {
    expect(add(backfill, { tickers: ['AAPL'] })).toEqual({ ...backfill, tickers: ['AAPL'] });
    expect(add(backfill, { from: '2026-10-01' })).toEqual({
      ...backfill,
      range: { from: '2026-10-01', to: '2026-11-19' },
    });
    expect(add({ kind: 'daily', date: '2026-11-19', isExplicit: false }, { tickers: ['AAPL'] })).toEqual({
      kind: 'backfill',
      range: planned,
      tickers: ['AAPL'],
      force: false,
      clip: false,
    });
  });

  it('needs dates where the run has none, or lie the wrong way round', () => {
    expect(() => add({ kind: 'retry', of: 'all' }, { tickers: ['AAPL'] })).toThrow('say "from" and "to"');
    expect(() => add(backfill, { from: '2026-12-01' })).toThrow('say both "from" and "to"');
  });
});

describe('the share of an open window', () => {
  const loads = fc
    .record({
      isPaused: fc.boolean(),
      cellsAtOnce: fc.integer({ min: 1, max: 60 }),
      windowsAtOnce: fc.integer({ min: 1, max: 12 }),
      windowsLeft: fc.integer({ min: 1, max: 20 }),
      openCount: fc.integer({ min: 0, max: 12 }),
    })
    .map((load): Load => ({ ...load, openCount: Math.min(load.openCount, load.windowsLeft) }));
  const sharesOf = (load: Load): number[] =>
    Array.from({ length: load.openCount }, (_, place) => shareAt(place, load));

  it('with all others’ is never more than may run at once, and 0 for all while paused', () => {
    fc.assert(
      fc.property(loads, (load) => {
        const sum = sharesOf(load).reduce((total, share) => total + share, 0);
        expect(sum).toBeLessThanOrEqual(load.isPaused ? 0 : load.cellsAtOnce);
        expect(windowsNow(load)).toBeLessThanOrEqual(load.isPaused ? 0 : load.cellsAtOnce);
      }),
    );
  });

  it('is at least one for the first window of a run that is not paused, so that it always goes on', () => {
    fc.assert(fc.property(loads, (load) => load.isPaused || load.openCount === 0 || shareAt(0, load) >= 1));
  });

  it('grows when windows end and nobody takes their place', () => {
    const load = { isPaused: false, cellsAtOnce: 40, windowsAtOnce: 4, windowsLeft: 4, openCount: 4 };
    expect(sharesOf(load)).toEqual([10, 10, 10, 10]);
    expect(sharesOf({ ...load, windowsLeft: 1, openCount: 1 })).toEqual([40]);
    expect(sharesOf({ ...load, cellsAtOnce: 2 })).toEqual([1, 1, 0, 0]);
  });
});

describe('what was left out', () => {
  const cell = { dataset: 'massive.daily_bars', ticker: 'AAPL', date: '2026-11-18' };
  const drop: LeaveOut = { ...everything, fate: 'dropped', dataset: null, beforePart: 1 };

  it('is a matter of ticker, dates, dataset and the part of the plan', () => {
    expect(fateOf(cell, [drop], 0)).toBe('dropped');
    expect(fateOf(cell, [drop], 1), 'planned after it').toBeUndefined();
    expect(fateOf(cell, [{ ...drop, beforePart: null }], 7)).toBe('dropped');
    expect(fateOf(cell, [{ ...drop, tickers: ['BTC'] }], 0)).toBeUndefined();
    expect(fateOf(cell, [{ ...drop, from: '2026-11-19' }], 0)).toBeUndefined();
    expect(fateOf(cell, [{ ...drop, to: '2026-11-17' }], 0)).toBeUndefined();
    expect(fateOf(cell, [{ ...drop, dataset: 'csv.daily_closes' }], 0)).toBeUndefined();
  });

  it('is told by the newest word on the cell', () => {
    expect(fateOf(cell, [drop, { ...drop, fate: 'skipped' }], 0)).toBe('skipped');
  });
});

describe('what the Web UI shows of a run', () => {
  const summary: PlanSummary = {
    ...{ due: 630, closed: 160, published: 0, skipped: 0, waiting: 0, todo: 470 },
    ...{ requests: {}, from: '2026-08-22', to: '2026-11-19' },
  };
  const progress: RunProgress = {
    summary,
    tally: { ...emptyTally, published: 90, dropped: 3 },
    openWindows: [],
    step: 'cells',
    quotaWait: null,
    steering: { paused: null, cellsAtOnce: 40, acts: [], added: [] },
  };
  const windows = Array.from({ length: 30 }, (_, index) => ({ name: `w${index}`, cellCount: 63, share: 5 }));

  it('says how far it is, which windows are open, and how it is steered, and stays short', () => {
    const text = runDetails('backfill/x', progress, windows, null);
    expect(text).toContain('93 of 470 cells are in windows that ended (90 published, 3 dropped); 40 at once');
    expect(text).toContain('| w0 | 63 | 5 |');
    expect(text).toContain('and 22 more');
    expect(text).toContain('*Send a Signal*');
    expect(text.split('\n').length).toBeLessThan(25);
  });

  it('says first that it is paused, by whom, since when and why; a reason breaks no table', () => {
    const paused = { since: '2026-11-19T12:00:00Z', by: 'the night shift', reason: 'a | b' };
    const text = runDetails('r', { ...progress, steering: { ...progress.steering, paused } }, windows, null);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '**r**: **paused**',
      '',
      'Paused since 2026-11-19T12:00:00Z by the night shift: a \\| b. Nothing new begins; what is in flight ends in order.',
    ]);
  });

  it('names what was not understood', () => {
    expect(runDetails('r', progress, [], steerHelp.skip)).toContain(`Not understood: ${steerHelp.skip}`);
  });

  it('shows a window that its run holds as held', () => {
    const stands = { tally: emptyTally, cellCount: 63, share: 0, step: 'running', quotaWait: null };
    expect(windowDetails('w', stands)).toContain('**held**');
    expect(windowDetails('w', { ...stands, share: 2 })).toBe(
      '**w**: **running**\n\n0 of 63 cells done (none yet); 2 at once.',
    );
  });
});
