import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLake, type OpenLake } from '../../client/command/lake-client.ts';
import type { CellStanding } from '../../client/run/cells-of-request.ts';
import { dailyLine, readDailyChange, type DailyChange } from '../../client/run/daily-change.ts';
import { runRecordsFolder } from '../../lake/layout.ts';
import { appendRecord } from '../../lake/records.ts';
import { loadSettings } from '../../settings.ts';
import { bitcoin } from '../warehouse/recorded-lake.ts';
import { restatedPlace } from './restated-place.ts';
import { Place } from './support.ts';

let place: Place;
let open: OpenLake;

const openPlace = async ({ lake, config }: Place): Promise<OpenLake> =>
  openLake(loadSettings({ MARKETLAKE_DATA_DIR: lake, MARKETLAKE_CONFIG: config }));

beforeAll(async () => {
  const made = await restatedPlace();
  place = made.place;
  const run = 'daily/2024-03-01';
  const ended = { event: 'ended', outcome: 'completed', run, recordedAt: '2024-03-03T00:00:00.000Z' };
  await appendRecord(made.lake.store, runRecordsFolder(run), ended);
  open = await openPlace(place);
});
afterAll(() => place.remove());

it('a daily run ends with the day’s closes against those before, and with what was recorded since the one before it', async () => {
  const change = await readDailyChange(open, 'daily/2024-03-02', '2024-03-02', []);
  expect(change).toMatchObject({ since: '2024-03-03T00:00:00.000Z', published: 2, refused: 0, failed: 0 });
  expect(dailyLine(change)).toBe(
    '2024-03-02: BTC +9.09 %; since the daily run of 2024-03-03 00:00Z: 2 cells published, 1 restated (BTC 2024-02-28), 0 refused',
  );
});

it('without another daily run it counts all there is, and says of a closed market that it is closed', async () => {
  const cells: CellStanding[] = [{ ...bitcoin('2024-03-03'), state: 'closed', reason: 'weekend' }];
  const change = await readDailyChange(open, 'daily/2024-03-01', '2024-03-03', cells);
  expect(change).toMatchObject({ since: null, moves: [], published: 4 });
  expect(dailyLine(change)).toMatch(/^2024-03-03: BTC closed \(weekend\); so far: 4 cells published/);
});

it('with an empty lake nothing is invented', async () => {
  const empty = await Place.create();
  const cells: CellStanding[] = [{ ...bitcoin('2024-03-03'), state: 'failed', code: 'KeyRefused' }];
  const change = await readDailyChange(await openPlace(empty), 'daily/2024-03-03', '2024-03-03', []);
  expect(dailyLine(change)).toBe(
    '2024-03-03: no close yet; so far: 0 cells published, 0 restated, 0 refused',
  );
  const failing = await readDailyChange(await openPlace(empty), 'daily/2024-03-03', '2024-03-03', cells);
  expect(dailyLine(failing)).toMatch(/^2024-03-03: BTC failed; /);
  await empty.remove();
});

it('of hundreds of assets those that moved most are named, and a close against an older one says which', () => {
  const moves = Array.from({ length: 500 }, (_, place) => ({
    ticker: `T${place}`,
    returnPct: place - 250,
    previousDate: place === 0 ? '2024-02-26' : '2024-02-28',
  }));
  const none = { published: 500, restated: [], events: [], refused: 0, failed: 1, since: null };
  const change: DailyChange = { date: '2024-02-29', moves, without: [], ...none };
  const line = dailyLine(change);
  expect(line).toContain('T0 -250.00 % since 2024-02-26, T1 -249.00 %, T499 +249.00 %');
  expect(line).toContain('and 492 that moved less');
  expect(line).toContain('1 failed');
});

it('closes that a source restated by one ratio are told as one event, beside those that stand alone', () => {
  const split = {
    ticker: 'AAPL',
    cells: 24,
    firstDate: '2024-01-02',
    lastDate: '2024-02-28',
    changePct: -50,
  };
  const dates = Array.from({ length: 24 }, () => ({ ticker: 'AAPL', date: '2024-02-01' }));
  const restated = [...dates, { ticker: 'BTC', date: '2024-02-28' }];
  const counts = { published: 0, refused: 0, failed: 0, since: null };
  const change = { date: '2024-02-29', moves: [], without: [], restated, ...counts };
  expect(dailyLine({ ...change, events: [{ ...split, split: '2:1' }] })).toContain(
    '25 restated (AAPL: 24 closes of 2024-01-02 … 2024-02-28 changed by −50.0 %: looks like a split of 2:1, BTC 2024-02-28), 0 refused',
  );
  expect(dailyLine({ ...change, events: [{ ...split, cells: 2, split: null, changePct: 0.01 }] })).toContain(
    '(AAPL: 2 closes of 2024-01-02 … 2024-02-28 changed by +0.0100 %, BTC 2024-02-28, and 22 more)',
  );
});
