import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startWorld, type Status, type World } from './support.ts';

let world: World;
/** Open days of AAPL that are final and that nothing has touched, newest first; each test takes its own. */
let days: string[];

beforeAll(async () => {
  world = await startWorld(26_233);
  const { value } = await world.place.json<Status>('status');
  days = value.cells
    .filter(({ ticker, state }) => ticker === 'AAPL' && state === 'missing')
    .map(({ date }) => date)
    .sort()
    .reverse();
  // The newest week is the daily run's, which looks back over it.
  days = days.slice(6);
}, cliTimeoutMs);
afterEach(() => world.market.clearFaults());
afterAll(() => world.stop());

const freshDay = (): string => days.shift() ?? 'no day is left';
const backfillDay = (day: string): string[] => ['backfill', '--from', day, '--to', day, '--tickers', 'AAPL'];
const json = <T>([command = '', ...words]: string[]): ReturnType<typeof world.place.json<T>> =>
  world.place.json<T>(command, ...words);
const stateOf = async (day: string): Promise<string | undefined> =>
  (await json<Status>(['status', '--from', day, '--to', day, '--tickers', 'AAPL'])).value.cells[0]?.state;

/** Makes the market lie about AAPL's close on one day, until the faults are cleared. */
function lieAbout(day: string): void {
  world.market.order({
    kind: 'patch-bar',
    symbol: 'AAPL',
    date: day,
    times: null,
    change: { op: 'set', field: 'close', value: 0 },
  });
}

interface RunSaid {
  readonly run: string;
  readonly outcome: string;
  readonly plan?: { readonly skipped: number; readonly todo: number };
}

describe('daily', () => {
  it('brings the last final week in, and finds nothing to do the second time', async () => {
    const first = await json<RunSaid>(['daily']);
    expect(first).toMatchObject({ code: 0, value: { outcome: 'completed' } });
    expect(first.value.run).toMatch(/^daily\/\d{4}-\d{2}-\d{2}$/);
    const asked = world.market.requests.length;
    const second = await world.place.runApart('daily');
    expect(second.code).toBe(0);
    expect(second.out).toContain('nothing to do');
    expect(world.market.requests.length).toBe(asked);
  });

  it('leaves the run to itself with --no-wait', async () => {
    // The oldest day: a daily run looks back over a week, which the other tests must not find done.
    const day = days.pop() ?? 'no day is left';
    expect(await json<RunSaid>(['daily', '--date', day, '--no-wait'])).toEqual({
      code: 0,
      value: { run: `daily/${day}`, outcome: 'running' },
    });
    expect((await json<RunSaid>(['daily', '--date', day])).code).toBe(0);
    expect(await stateOf(day)).toBe('published');
  });
});

describe('status', () => {
  it('draws days down and tickers across, in eighty columns and without colours where there is no terminal', async () => {
    const { out } = await world.place.runApart('status');
    const grid = out.split('\n').filter((line) => /^\d{4}-\d{2}-\d{2} \w{3} /.test(line));
    expect(grid).toHaveLength(30);
    expect(grid.at(-1)).toContain('●');
    expect(Math.max(...grid.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).not.toContain('\u001b');
  });

  it('counts every cell once, and ends with 1 while some are missing', async () => {
    const { code, value } = await json<Status>(['status']);
    expect(code).toBe(1);
    expect(Object.values(value.counts).reduce((sum, count) => sum + count)).toBe(value.cells.length);
    expect(value.cells).toHaveLength(90);
  });
});

describe('retry', () => {
  it('of a refused cell says why it is refused again, and publishes it once the market is honest', async () => {
    const day = freshDay();
    lieAbout(day);
    expect((await world.place.run(...(backfillDay(day) as [string]))).code).toBe(1);
    const shown = await world.place.run('status', '--from', day, '--to', day, '--tickers', 'AAPL');
    expect(shown.code).toBe(1);
    expect(shown.out).toContain(`npx tsx client/retry.ts ${day} AAPL`);
    const again = await world.place.run('retry', day, 'AAPL');
    expect(again.code).toBe(1);
    expect(again.out).toContain('The audit refused');
    world.market.clearFaults();
    expect(await world.place.runApart('retry', day, 'AAPL')).toMatchObject({
      code: 0,
      out: `AAPL ${day} (massive.daily_bars) is published.\n`,
    });
  });

  it('of a published cell asks nobody, unless it is forced', async () => {
    const day = freshDay();
    await world.place.run(...(backfillDay(day) as [string]));
    const asked = world.market.requests.length;
    expect(await json(['retry', day, 'AAPL'])).toMatchObject({
      code: 0,
      value: { state: 'published', outcome: 'nothing to do' },
    });
    expect(world.market.requests.length).toBe(asked);
    expect(await json(['retry', day, 'AAPL', '--force'])).toMatchObject({
      code: 0,
      value: { state: 'published', outcome: 'completed' },
    });
    expect(world.market.requests.length).toBe(asked + 1);
  });

  it('of a run still finds the cells that an earlier retry of it could not mend', async () => {
    const day = freshDay();
    lieAbout(day);
    const { run } = (await json<RunSaid>(backfillDay(day))).value;
    expect(await json(['retry', '--run', run])).toMatchObject({
      code: 1,
      value: { run: `retry/${run}`, outcome: 'incomplete' },
    });
    world.market.clearFaults();
    expect(await json(['retry', '--run', run])).toMatchObject({ code: 0, value: { outcome: 'completed' } });
    expect(await stateOf(day)).toBe('published');
    expect(await json(['retry', '--run', run])).toEqual({
      code: 0,
      value: { run: null, outcome: 'nothing to do', cells: [] },
    });
  });

  it('of all mends every troubled cell, and starts nothing where there is none', async () => {
    const [one, two] = [freshDay(), freshDay()];
    for (const day of [one, two]) lieAbout(day);
    for (const day of [one, two]) expect((await json(backfillDay(day))).code).toBe(1);
    world.market.clearFaults();
    expect((await json(['retry', '--all'])).code).toBe(0);
    expect([await stateOf(one), await stateOf(two)]).toEqual(['published', 'published']);
    expect(await world.place.run('retry', '--all')).toMatchObject({
      code: 0,
      out: 'nothing to do: no cell of this lake is refused or failed\n',
    });
  });
});

describe('skip', () => {
  it('takes a cell out of the plans until it is retried by name', async () => {
    const day = freshDay();
    expect((await world.place.run('skip', day, 'AAPL', '--reason', 'the vendor lost it')).code).toBe(0);
    const asked = world.market.requests.length;
    expect(await json(backfillDay(day))).toMatchObject({ code: 0, value: { plan: { skipped: 1, todo: 0 } } });
    expect(world.market.requests.length).toBe(asked);
    expect(await stateOf(day)).toBe('skipped');
    expect((await world.place.run('retry', day, 'AAPL')).code).toBe(0);
    expect(await stateOf(day)).toBe('published');
    expect(await world.place.run('skip', day, 'AAPL', '--reason', 'x')).toMatchObject({ code: 2, out: '' });
    expect(await stateOf(day)).toBe('published');
  });
});

describe('cancel', () => {
  it('ends a run that waits for its source; the same command then completes it', async () => {
    const day = freshDay();
    world.market.order({ kind: 'slow', delayMs: 30_000, times: null });
    const { run } = (await json<RunSaid>([...backfillDay(day), '--no-wait'])).value;
    expect((await json<Status>(['status'])).value.runs).toEqual([run]);
    expect((await world.place.run('cancel', 'daily/1999-01-01')).error).toContain(`Open: ${run}`);
    expect(await json(['cancel', run])).toEqual({
      code: 0,
      value: { run, outcome: 'cancelled', isCancelled: true },
    });
    expect(await stateOf(day)).toBe('missing');
    expect(await json(['cancel', run])).toEqual({
      code: 0,
      value: { run, outcome: 'cancelled', isCancelled: false },
    });
    world.market.clearFaults();
    expect((await json(backfillDay(day))).code).toBe(0);
  });

  it('ends one cell too, which is shown as running until then', async () => {
    const day = freshDay();
    world.market.order({ kind: 'slow', delayMs: 30_000, times: null });
    expect((await json(['retry', day, 'AAPL', '--no-wait'])).value).toMatchObject({ state: 'running' });
    await expect.poll(() => stateOf(day), { timeout: 20_000 }).toBe('running');
    const cell = `partition/${day}/AAPL/massive.daily_bars`;
    expect((await json(['cancel', cell])).value).toMatchObject({ isCancelled: true });
    await expect.poll(() => stateOf(day), { timeout: 20_000 }).toBe('missing');
  });
});
