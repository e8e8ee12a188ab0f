import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';
import { assets, everyDay, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string, more: Partial<WarehouseInputs> = {}): Promise<unknown[][]> =>
  lake.built(sql, { assets: [assets.BTC], ...more });

describe('cells', () => {
  const grid = 'select ticker, price_date, state, reason from metadata.cells order by ticker, price_date';

  test('fills the days between the first and the last known one: open ones are missing, the rest closed', async () => {
    lake
      .closes(assets.AAPL, '2024-02-22', [1])
      .closes(assets.AAPL, '2024-02-27', [2])
      .closes(assets.BTC, '2024-02-26', [3]);
    const days = [
      ...weekdays('AAPL', '2024-02-21', '2024-02-29', ['2024-02-26']),
      ...everyDay('BTC', '2024-02-21', '2024-02-29'),
    ];
    expect(await built(grid, { assets: [assets.AAPL, assets.BTC], days })).toEqual([
      ['AAPL', '2024-02-22', 'published', null],
      ['AAPL', '2024-02-23', 'missing', null],
      ['AAPL', '2024-02-24', 'closed', 'closed'],
      ['AAPL', '2024-02-25', 'closed', 'closed'],
      ['AAPL', '2024-02-26', 'closed', 'closed'],
      ['AAPL', '2024-02-27', 'published', null],
      ['BTC', '2024-02-26', 'published', null],
    ]);
  });

  test('a known day says how it stands, why, and which workflow brought it there', async () => {
    lake
      .add({ asset: assets.BTC, date: '2024-02-27', close: 1 })
      .add({ asset: assets.BTC, date: '2024-02-27', close: 2, number: 2, version: '1.1.0' })
      .add({ asset: assets.BTC, date: '2024-02-28', event: 'refused' })
      .index(
        'update cell_records set supersedes_number = 1 where number = 2',
        `update cell_records set code = 'AuditRefused', reason = 'close is negative' where event = 'refused'`,
        `insert into window_records by name select 'window/w' as window_id, 1 as number, 'failed' as event,
          timestamptz '2024-03-01 02:00:00+00' as recorded_at, 'daily/2024-02-29' as run, 'coingecko' as source,
          'market_chart' as resource, 'window/w' as workflow_id, 'Network' as code, 'no answer' as reason,
          '{"cells": [{"ticker": "BTC", "date": "2024-02-29", "after": 0}]}' as body`,
      );
    const sql = `select price_date, state, code, reason, run, workflow_id, contract_version, is_restated, recorded_at
      from metadata.cells order by price_date`;
    expect(await built(sql, { days: everyDay('BTC', '2024-02-27', '2024-02-29') })).toEqual([
      [
        ...[
          '2024-02-27',
          'published',
          null,
          null,
          'daily/2024-03-01',
          'partition/2024-02-27/BTC',
          '1.1.0',
          true,
        ],
        '2024-02-27 23:32:00+00',
      ],
      [
        ...['2024-02-28', 'refused', 'AuditRefused', 'close is negative', 'daily/2024-03-01'],
        ...['partition/2024-02-28/BTC', null, false, '2024-02-28 23:31:00+00'],
      ],
      [
        ...['2024-02-29', 'failed', 'Network', 'no answer', 'daily/2024-02-29', 'window/w', null, false],
        '2024-03-01 02:00:00+00',
      ],
    ]);
  });

  test('keeps the cells of a dataset that the asset is no longer configured with', async () => {
    lake
      .closes(assets.BTC, '2024-02-28', [1])
      .closes({ ...assets.BTC, dataset: 'csv.daily_closes' }, '2024-02-26', [2]);
    expect(await built('select dataset, price_date from metadata.cells order by all')).toEqual([
      ['coingecko.market_chart', '2024-02-28'],
      ['csv.daily_closes', '2024-02-26'],
    ]);
  });

  test('a published cell that is missing from the grid is noticed', async () => {
    await lake.closes(assets.BTC, '2024-02-28', [1]).write();
    const mistake = {
      file: 'metadata/cells.sql',
      from: 'select * from final_cells',
      to: "select * from final_cells where state <> 'published'",
    };
    expect(await testsThatNotice(lake, { assets: [assets.BTC] }, mistake)).toEqual([
      'cells_hold_every_published_cell',
    ]);
  });

  test('a state that nobody knows is reported and stops nothing', async () => {
    await lake.add({ asset: assets.BTC, date: '2024-02-28', event: 'great' }).write();
    const { outcome, tests } = await buildWarehouse(lake.inputs({ assets: [assets.BTC] }));
    expect(outcome).toBe('built');
    expect(tests).toContainEqual({ name: 'cells_state_is_known', severity: 'warning', offenders: 1 });
  });
});
