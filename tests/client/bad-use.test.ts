import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, utcDateOf } from '../../workflows/pure/cell.ts';
import { Place, smallConfig, type Status } from './support.ts';

let place: Place;

beforeAll(async () => {
  place = await Place.create();
});
afterAll(() => place.remove());

const today = utcDateOf(Date.now());
const tomorrow = addDays(today, 1);
const day = addDays(today, -8);

// No server is known here: a command that went past its words would end with 3 and not with 2.
const wrong: readonly (readonly [string, readonly string[], string])[] = [
  ['backfill', ['--tickers', 'DOGE'], '"DOGE" is no ticker'],
  ['backfill', ['--tickers', ','], '--tickers is empty'],
  ['backfill', ['--days', '0'], '--days 0'],
  ['backfill', ['--days', 'ten'], '--days ten'],
  ['backfill', ['--from', '2026-02-30'], 'there is no such date'],
  ['backfill', ['--from', day, '--to', addDays(day, -1)], 'lies after'],
  ['backfill', ['--from', tomorrow], 'lies in the future'],
  ['backfill', ['--from', '2001-01-01', '--to', '2001-01-05'], 'lies beyond'],
  ['backfill', ['--dayz', '3'], 'unknown option'],
  ['backfill', ['--grain', 'week'], '--grain week: write auto, cell, month'],
  ['daily', ['--date', '2026-13-01'], 'there is no such date'],
  ['daily', ['--date', tomorrow], 'lies in the future'],
  ['status', ['--tickers', 'DOGE'], '"DOGE" is no ticker'],
  ['status', ['--from', day, '--to', addDays(day, -1)], 'lies after'],
  ['status', ['--to', tomorrow], 'lies in the future'],
  ['retry', [], 'Say what to retry'],
  ['retry', [day, 'AAPL', '--all'], 'Say what to retry'],
  ['retry', ['--run', 'daily/2026-01-01', '--all'], 'Say what to retry'],
  ['retry', ['--all', '--force'], 'go with DATE TICKER only'],
  ['retry', [day], 'Which ticker'],
  ['retry', [day, 'DOGE'], '"DOGE" is no ticker'],
  ['retry', [tomorrow, 'AAPL'], 'lies in the future'],
  ['retry', ['2001-01-03', 'AAPL'], 'lies beyond'],
  ['retry', [day, 'BTC', '--dataset', 'massive.daily_bars'], 'Write --dataset coingecko.market_chart'],
  ['retry', ['--run', 'daily/1999-01-01'], 'There is no run'],
  ['skip', [day, 'BTC'], "required option '--reason <text>'"],
  ['skip', [day, 'BTC', '--reason', ' '], '--reason is empty'],
  ['skip', ['yesterday', 'BTC', '--reason', 'x'], 'there is no such date'],
  ['schedule', ['frobnicate'], 'Allowed choices'],
  ['schedule', [], "missing required argument 'action'"],
  ['cancel', [], "missing required argument 'run'"],
  ['retention', ['--older-than', 'soon'], 'write a number of days'],
  ['compact', ['--at-least', '0'], 'write a number of cells'],
];

describe('wrong use', () => {
  it.each(wrong)('%s %j ends with 2 and one sentence', async (command, words, sentence) => {
    const { code, out, error } = await place.run(command, ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(sentence);
    expect(error.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(existsSync(join(place.lake, 'records'))).toBe(false);
  });

  it('is told to a program as JSON', async () => {
    const refused = { code: 2, value: { error: { code: 'WrongUse' } } };
    expect(await place.json('backfill', '--days', '0')).toMatchObject(refused);
    expect(await place.json('schedule', 'frobnicate')).toMatchObject(refused);
  });

  it.each([
    'backfill',
    'daily',
    'schedule',
    'status',
    'retry',
    'skip',
    'cancel',
    'doctor',
    'report',
    'diff',
    'export',
    'retention',
    'compact',
  ])('%s --help ends with 0', async (command) => {
    const { code, out } = await place.runApart(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain('--json');
  });
});

describe('without a server', () => {
  it.each([
    ['backfill'],
    ['daily'],
    ['retry', day, 'BTC'],
    ['schedule', 'create'],
    ['cancel', 'daily/2026-01-01'],
  ])('%s ends with 3 and says how to start one', async (command, ...words) => {
    const { code, error } = await place.runApart(command, ...words);
    expect(code).toBe(3);
    expect(error).toContain('npm start');
  });

  it('doctor says on the live market what can be fetched, and which free key switches the rest on', async () => {
    const lone = await Place.create({ ...smallConfig, market: 'live' });
    const { code, value } = await lone.json<{ findings: { check: string }[] }>('doctor', '--offline');
    await lone.remove();
    expect(code).toBe(2);
    expect(value.findings.slice(-4)).toEqual([
      { check: 'keys', verdict: 'ok', found: 'these can be fetched: BTC' },
      { check: 'coingecko', verdict: 'ok', found: 'not asked; key not set' },
      expect.objectContaining({
        check: 'coingecko',
        found: expect.stringContaining('COINGECKO_API_KEY') as string,
      }),
      expect.objectContaining({
        check: 'massive',
        verdict: 'wrong',
        found: expect.stringMatching(/cannot be fetched: AAPL, EURUSD$/) as string,
        fix: 'A free key from https://massive.com/pricing switches on daily bars of US stocks and of currencies: set MASSIVE_API_KEY in .env',
      }),
    ]);
  });

  it('a skip is recorded, and status answers from the records and says what it cannot know', async () => {
    const lone = await Place.create();
    expect((await lone.run('skip', day, 'BTC', '--reason', 'the vendor lost it')).code).toBe(0);
    expect(await lone.json('skip', day, 'BTC', '--reason', 'the vendor lost it')).toMatchObject({
      code: 0,
      value: { isChanged: false },
    });
    const { code, value } = await lone.json<Status>('status', '--from', day, '--to', day, '--tickers', 'BTC');
    expect(code).toBe(0);
    expect(value).toMatchObject({
      isRunningKnown: false,
      cells: [{ state: 'skipped', reason: 'the vendor lost it' }],
    });
    expect((await lone.run('status')).out).toContain('What is running is not known');
    await lone.remove();
  });

  it('status shows a day that its source gives no more as skipped', async () => {
    const { value } = await place.json<Status>(
      'status',
      '--from',
      '2001-01-03',
      '--to',
      '2001-01-03',
      '--tickers',
      'AAPL',
    );
    expect(value.cells).toMatchObject([{ state: 'skipped' }]);
  });
});
