import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditFile, bronzeFile, stagingFolder } from '../../lake/layout.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import { ask, assets, everyDay, TinyLake } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const btc = (date: string): CellKey => ({ dataset: assets.BTC.dataset, ticker: 'BTC', date });

/** What the records of a real publication say beyond those that a tiny lake writes. */
function publicationOf(cell: CellKey, number: number, attempt: string, supersedes: number | null): string[] {
  const { source, resource } = splitDataset(cell.dataset);
  const key = `source = '${source}' and ticker = '${cell.ticker}' and date = date '${cell.date}'`;
  const file = auditFile(cell, attempt);
  return [
    `update cell_records set audit = '${file}', supersedes_number = ${supersedes}, ingestion_date = '2024-03-01',
      workflow_run_id = 'execution-${number}', size_bytes = 100 + ${number}, row_count = 1
      where ${key} and number = ${number}`,
    `insert into audits by name select '${source}' as source, '${resource}' as resource, '${cell.ticker}' as ticker,
      date '${cell.date}' as date, '${attempt}' as attempt_id, 20 + ${number} as rule_count, 'passed' as outcome,
      '/lake/${file}' as path`,
  ];
}

const staged = (batch: string, requests: number, number = 1): string =>
  `insert into window_records by name select 'window/${batch}' as window_id, ${number} as number, 'staged' as event,
    'coingecko' as source, 'market_chart' as resource, '${batch}' as batch_id, ${requests} as request_count`;

async function build(more: Parameters<TinyLake['inputs']>[0] = {}): Promise<void> {
  await lake.write();
  await buildWarehouse(
    lake.inputs({ assets: [assets.BTC], days: everyDay('BTC', '2024-02-28', '2024-03-01'), ...more }),
  );
}

describe('lineage', () => {
  test('leads from a restated cell to the publication that stands, and says what it replaced', async () => {
    lake
      .add({ asset: assets.BTC, date: '2024-02-28', close: 1, batch: 'b1' })
      .add({ asset: assets.BTC, date: '2024-02-29', close: 2, batch: 'b1' })
      .add({ asset: assets.BTC, date: '2024-02-29', close: 3, batch: 'b2', number: 2, version: '1.1.0' })
      .index(
        ...publicationOf(btc('2024-02-28'), 1, 'run-a.1', null),
        ...publicationOf(btc('2024-02-29'), 1, 'run-b.1', null),
        ...publicationOf(btc('2024-02-29'), 2, 'run-c.2', 1),
        staged('b1', 1),
        staged('b2', 3),
        staged('b2', 3, 2),
      );
    await build();
    const rows = await ask(
      lake.warehousePath,
      `select price_date, publication_number, batch_id, sha256, size_bytes, row_count, contract_version, workflow_id,
        workflow_run_id, audit_path, audit_rule_count, request_count, supersedes_number, times_restated, staging_path,
        fetched_at, published_at
      from metadata.lineage order by price_date`,
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      [
        ...['2024-02-28', 1, 'b1', 'sha-1', '101', 1, '1.0.0', 'partition/2024-02-28/BTC', 'execution-1'],
        ...[auditFile(btc('2024-02-28'), 'run-a.1'), 21, 1, null, '0'],
        stagingFolder('coingecko', '2024-03-01', 'b1'),
        ...['2024-02-28 23:00:00+00', '2024-02-28 23:31:00+00'],
      ],
      [
        ...['2024-02-29', 2, 'b2', 'sha-2', '102', 1, '1.1.0', 'partition/2024-02-29/BTC', 'execution-2'],
        ...[auditFile(btc('2024-02-29'), 'run-c.2'), 22, 3, 1, '1'],
        stagingFolder('coingecko', '2024-03-01', 'b2'),
        ...['2024-02-29 23:00:00+00', '2024-02-29 23:32:00+00'],
      ],
    ]);
  });

  test('leads back from every price, also from one that was carried over a closed day', async () => {
    lake.closes(assets.BTC, '2024-02-28', [1, null, 3]);
    await build();
    const rows = await ask(
      lake.warehousePath,
      `select prices.price_date, prices.price_status, lineage.price_date as published_date, lineage.workflow_id
      from marts.fct_daily_prices as prices
      inner join metadata.lineage as lineage on prices.dataset = lineage.dataset
        and prices.ticker = lineage.ticker and prices.observed_date = lineage.price_date
      order by prices.price_date`,
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['2024-02-28', 'OBSERVED', '2024-02-28', 'partition/2024-02-28/BTC'],
      ['2024-02-29', 'IMPUTED', '2024-02-28', 'partition/2024-02-28/BTC'],
      ['2024-03-01', 'OBSERVED', '2024-03-01', 'partition/2024-03-01/BTC'],
    ]);
  });

  test('names the file where it lies, whatever the ticker looks like', async () => {
    const odd = ['NULL', 'null', '.X', 'BRK/B', 'a~b', '^VIX', '100%', 'é', '__HIVE_DEFAULT_PARTITION__'];
    const all = odd.map((ticker) => ({ ...assets.BTC, ticker }));
    lake.add(...all.map((asset) => ({ asset, date: '2024-02-29', close: 1 })));
    await build({ assets: all });
    const rows = await ask(lake.warehousePath, 'select ticker, bronze_path from metadata.lineage');
    expect(new Map(rows.map((row) => [row['ticker'], row['bronze_path']]))).toEqual(
      new Map(odd.map((ticker) => [ticker, bronzeFile({ ...btc('2024-02-29'), ticker })])),
    );
  });

  test('a price without its workflow stops the swap', async () => {
    lake.closes(assets.BTC, '2024-02-28', [1]).index('update cell_records set workflow_id = null');
    await expect(build()).rejects.toMatchObject({
      code: 'TestFailed',
      facts: { failures: [{ name: 'lineage_leads_back_from_every_price', offenders: 1 }] },
    });
  });

  test('a published cell without its lineage is noticed', async () => {
    await lake.closes(assets.BTC, '2024-02-28', [1]).write();
    const mistake = {
      file: 'metadata/lineage.sql',
      from: 'select * from final_lineage',
      to: 'select * from final_lineage where publication_number > 1',
    };
    expect(await testsThatNotice(lake, { assets: [assets.BTC] }, mistake)).toContain(
      'lineage_holds_every_published_cell',
    );
  });

  test('a publication whose verdict is a refusal is reported and stops nothing', async () => {
    lake
      .closes(assets.BTC, '2024-02-28', [1])
      .index(...publicationOf(btc('2024-02-28'), 1, 'run-a.1', null), "update audits set outcome = 'failed'");
    await lake.write();
    const { outcome, tests } = await buildWarehouse(lake.inputs({ assets: [assets.BTC] }));
    expect(outcome).toBe('built');
    const name = 'lineage_agrees_with_its_verdict';
    expect(tests).toContainEqual({ name, severity: 'warning', offenders: 1 });
  });
});
