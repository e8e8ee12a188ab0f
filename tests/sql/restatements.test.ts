import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { ask, assets, everyDay, TinyLake } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

const { BTC } = assets;
const inputs = { assets: [BTC], days: everyDay('BTC', '2024-02-01', '2024-02-10') };
const replaced = 'update cell_records set supersedes_number = number - 1 where number > 1';

/** A published close, and the one that replaced it. */
function restated(date: string, from: number, to: number): void {
  lake.add({ asset: BTC, date, close: from }, { asset: BTC, date, close: to, number: 2, batch: 'b2' });
}

const asked = async (sql: string): Promise<unknown[][]> =>
  (await ask(lake.warehousePath, sql)).map((row) => Object.values(row));

afterAll(async () => {
  await lake.remove();
});

describe('metadata.restatements', () => {
  beforeAll(async () => {
    lake = await TinyLake.make();
    restated('2024-02-01', 100.01, 50);
    restated('2024-02-02', 90, 45.02);
    restated('2024-02-03', 80, 40);
    restated('2024-02-04', 70, 71.4);
    restated('2024-02-05', 60, 6);
    restated('2024-02-06', 50, 50);
    restated('2024-02-07', 50, 50);
    restated('2024-02-08', 50, 50);
    lake.closes(BTC, '2024-02-09', [50]);
    lake.add({ asset: BTC, date: '2024-02-10', close: 50, hasFile: false });
    lake.add({ asset: BTC, date: '2024-02-10', close: 51, number: 2, batch: 'b2' });
    await lake
      .index(
        replaced,
        `update cell_records set look = '7' where number = 2 and date = '2024-02-04'`,
        `update cell_records set run = 'daily/b' where date = '2024-02-05'`,
        `update cell_records set contract_version = '0.9.0' where number = 1 and date = '2024-02-06'`,
        `update cell_records set cause = 'contract' where number = 2 and date = '2024-02-07'`,
      )
      .write();
    await buildWarehouse(lake.inputs(inputs));
  });

  test('shows both prices, the change, both batches, and when each was recorded', async () => {
    const sql = `select old_close, new_close, round(change_pct, 6), cause, look, old_batch_id, new_batch_id, event_cells,
      looks_like_split, first_recorded_at, recorded_at from metadata.restatements where price_date = '2024-02-04'`;
    expect(await asked(sql)).toEqual([
      [
        ...[70, 71.4, 2, 'source', '7', 'batch-BTC', 'b2', '1', null],
        ...['2024-02-04 23:31:00+00', '2024-02-04 23:32:00+00'],
      ],
    ]);
    const both = `select publication_number, close, is_current from intermediate.int_market__restated_prices
      where price_date = '2024-02-04' order by all`;
    expect(await asked(both)).toEqual([
      [1, 70, false],
      [2, 71.4, true],
    ]);
  });

  test('takes closes that one run changed by one ratio for one event, and names the split that it looks like', async () => {
    const sql = `select price_date, event_id, event_cells, round(event_ratio, 3), looks_like_split
      from metadata.restatements where price_date <= '2024-02-05' order by price_date`;
    const event = 'daily/2024-03-01/coingecko.market_chart/BTC';
    expect(await asked(sql)).toEqual([
      ['2024-02-01', event, '3', 0.5, '2:1'],
      ['2024-02-02', event, '3', 0.5, '2:1'],
      ['2024-02-03', event, '3', 0.5, '2:1'],
      ['2024-02-04', `${event}/2024-02-04/2`, '1', 1.02, null],
      ['2024-02-05', 'daily/b/coingecko.market_chart/BTC/2024-02-05/2', '1', 0.1, '10:1'],
    ]);
  });

  test('says that a contract was changed where what the source said is as it was, and keeps one whose old file is gone', async () => {
    const sql = `select cause, close_ratio, event_cells, new_close from metadata.restatements
      where price_date > '2024-02-05' order by price_date`;
    expect(await asked(sql)).toEqual([
      ['contract', 1, '1', 50],
      ['contract', 1, '1', 50],
      ['source', 1, '1', 50],
      ['source', null, '1', 51],
    ]);
  });

  test('is held by tests that notice a mistake in it', async () => {
    const file = 'metadata/restatements.sql';
    const last = 'select * from final_restatements';
    const lost = { file, from: last, to: `${last} limit 1` };
    expect(await testsThatNotice(lake, inputs, lost)).toEqual(['restatements_hold_every_replacement']);
    const wrong = `select * replace (case when event_cells = 3 then 2.0e0 end as event_ratio, old_close as new_close)
      from final_restatements`;
    expect(await testsThatNotice(lake, inputs, { file, from: last, to: wrong })).toEqual([
      'restatements_end_at_the_price_in_use',
      'restatements_of_one_event_share_a_ratio',
    ]);
  });
});
