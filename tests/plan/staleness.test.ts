import { describe, expect, it } from 'vitest';
import type { PlannedAsset } from '../../plan/due-cells.ts';
import { readStaleness } from '../../plan/staleness.ts';
import { coin, stock } from './support.ts';

/** How many days behind an asset is whose newest published day is this one; null: none. */
async function daysBehind(asset: PlannedAsset, newest: string | null, now: string): Promise<number> {
  const [source = '', resource = ''] = asset.dataset.split('.');
  const rows = newest === null ? [] : [{ source, resource, ticker: asset.ticker, newest }];
  const found = await readStaleness({ rows: async () => rows }, [asset], new Date(now), '2026-10-01');
  return found[0]?.days ?? -1;
}

describe('an asset is', () => {
  it.each([
    [
      'level on a Sunday, when Friday was the last session',
      stock('AAPL'),
      '2026-11-13',
      '2026-11-15T12:00:00Z',
      0,
    ],
    [
      'level before its source calls the new day final',
      stock('AAPL'),
      '2026-11-16',
      '2026-11-18T05:59:00Z',
      0,
    ],
    ['one day behind the moment it does', stock('AAPL'), '2026-11-16', '2026-11-18T06:00:00Z', 1],
    ['behind by calendar days over a weekend', stock('AAPL'), '2026-11-12', '2026-11-17T12:00:00Z', 4],
    [
      'behind each day that passes, where it trades every day',
      coin('BTC'),
      '2026-11-13',
      '2026-11-15T12:00:00Z',
      1,
    ],
    ['level where it is ahead of what is final', coin('BTC'), '2026-11-16', '2026-11-15T12:00:00Z', 0],
    [
      'counted from the day the lake was made, where it was never published',
      coin('BTC'),
      null,
      '2026-10-11T12:00:00Z',
      10,
    ],
    [
      'one day behind at least, also in a lake that is younger than the day',
      coin('BTC'),
      null,
      '2026-09-20T12:00:00Z',
      1,
    ],
    ['one day behind at least, where it was never published', coin('BTC'), null, '2026-10-02T00:50:00Z', 1],
  ] as const)('%s', async (_title, asset, newest, now, days) => {
    expect(await daysBehind(asset, newest, now)).toBe(days);
  });
});
