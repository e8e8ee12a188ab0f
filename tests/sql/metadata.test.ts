import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, assets, TinyLake } from '../warehouse/tiny-lake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string): Promise<unknown[][]> => lake.built(sql, { assets: [assets.BTC] });

const runRecord = (run: string, number: number, event: string, at: string, outcome?: string): string =>
  `insert into run_records by name select '${run}' as run, ${number} as number, '${event}' as event,
    timestamptz '${at}+00' as recorded_at, 'execution-${number}' as workflow_run_id,
    ${outcome === undefined ? 'null' : `'${outcome}'`} as outcome`;

describe('pipeline_runs', () => {
  test('tells completed, running and interrupted executions apart', async () => {
    lake.index(
      runRecord('daily/2024-02-29', 1, 'started', '2024-02-29 01:00:00'),
      runRecord('daily/2024-02-29', 2, 'planned', '2024-02-29 01:01:00'),
      runRecord('daily/2024-02-29', 3, 'started', '2024-02-29 02:00:00'),
      runRecord('daily/2024-02-29', 4, 'ended', '2024-02-29 02:30:00', 'incomplete'),
      runRecord('daily/2024-02-29', 5, 'started', '2024-02-29 09:00:00'),
      runRecord('daily/2024-02-29', 6, 'ended', '2024-02-29 09:10:00', 'completed'),
      runRecord('daily/2024-03-01', 1, 'started', '2024-03-01 01:00:00'),
    );
    const sql =
      'select run, execution_number, status, started_at, ended_at from metadata.pipeline_runs order by all';
    expect(await built(sql)).toEqual([
      ['daily/2024-02-29', '1', 'interrupted', '2024-02-29 01:00:00+00', null],
      ['daily/2024-02-29', '2', 'incomplete', '2024-02-29 02:00:00+00', '2024-02-29 02:30:00+00'],
      ['daily/2024-02-29', '3', 'completed', '2024-02-29 09:00:00+00', '2024-02-29 09:10:00+00'],
      ['daily/2024-03-01', '1', 'running', '2024-03-01 01:00:00+00', null],
    ]);
  });
});

const audit = (attempt: string, outcome: string, checks: readonly Record<string, unknown>[]): string =>
  `insert into audits by name select 'coingecko' as source, 'market_chart' as resource, 'BTC' as ticker,
    date '2024-02-29' as date, '${attempt}' as attempt_id, timestamptz '2024-03-01 00:30:00+00' as audited_at,
    'daily/2024-02-29' as run, 'b' as batch_id, '1.0.0' as contract_version, '${outcome}' as outcome,
    ${checks.length} as rule_count, '${JSON.stringify(checks)}' as checks, 'audits/${attempt}.json' as path`;

const check = (
  rule: string,
  outcome: string,
  offenders: readonly unknown[] = [],
): Record<string, unknown> => ({
  rule,
  severity: 'error',
  dimension: 'accuracy',
  outcome,
  measured: String(offenders.length),
  expected: '0',
  offenders,
});

describe('pipeline_runs and the rebuild', () => {
  test('an execution says what its rebuild changed; one that rebuilt nothing says nothing', async () => {
    lake.index(
      runRecord('daily/2024-02-28', 1, 'started', '2024-02-28 01:00:00'),
      runRecord('daily/2024-02-28', 2, 'ended', '2024-02-28 01:10:00', 'completed'),
      runRecord('daily/2024-02-29', 1, 'started', '2024-02-29 01:00:00'),
      runRecord('daily/2024-02-29', 2, 'rebuilt', '2024-02-29 01:05:00'),
      `update run_records set difference = '2 closes changed' where event = 'rebuilt'`,
      runRecord('daily/2024-02-29', 3, 'ended', '2024-02-29 01:10:00', 'completed'),
    );
    expect(await built('select run, status, rebuild_diff from metadata.pipeline_runs order by run')).toEqual([
      ['daily/2024-02-28', 'completed', null],
      ['daily/2024-02-29', 'completed', '2 closes changed'],
    ]);
    const steps = "select entry, outcome from metadata.pipeline_steps where step = 'model'";
    expect((await ask(lake.warehousePath, steps)).map((row) => Object.values(row))).toEqual([
      ['record 2', 'rebuilt'],
    ]);
  });
});

describe('quality_results', () => {
  test('has one row for every check of every audit, passed or failed, in their order', async () => {
    lake.index(
      audit('a.1', 'failed', [
        check('close.positive', 'failed', [{ close: '-1' }]),
        check('close.required', 'passed'),
      ]),
      audit('a.2', 'passed', [check('close.positive', 'passed')]),
      audit('a.3', 'not-evaluated', []),
    );
    const sql = `select attempt_id, check_number, rule, severity, outcome, measured, offenders, audit_outcome, audit_path
      from metadata.quality_results order by attempt_id, check_number`;
    expect(await built(sql)).toEqual([
      ['a.1', 1, 'close.positive', 'error', 'failed', '1', '[{"close":"-1"}]', 'failed', 'audits/a.1.json'],
      ['a.1', 2, 'close.required', 'error', 'passed', '0', '[]', 'failed', 'audits/a.1.json'],
      ['a.2', 1, 'close.positive', 'error', 'passed', '0', '[]', 'passed', 'audits/a.2.json'],
    ]);
  });
});

describe('pipeline_steps', () => {
  test('has a row for every entry of runs, windows, cells and audits', async () => {
    lake
      .closes(assets.BTC, '2024-02-28', [1])
      .add({ asset: assets.BTC, date: '2024-02-29', event: 'refused' })
      .index(
        runRecord('daily/2024-02-29', 1, 'started', '2024-02-29 01:00:00'),
        runRecord('daily/2024-02-29', 2, 'ended', '2024-02-29 02:00:00', 'incomplete'),
        `insert into window_records (window_id, number, event, run, source, resource, batch_id) values
           ('window/w', 1, 'staged', 'daily/2024-02-29', 'coingecko', 'market_chart', 'b')`,
        audit('a.1', 'failed', []),
      );
    const sql =
      'select step, outcome, ticker, price_date, batch_id from metadata.pipeline_steps order by subject, entry';
    expect(await built(sql)).toEqual([
      ['publish', 'published', 'BTC', '2024-02-28', 'batch-BTC'],
      ['audit', 'failed', 'BTC', '2024-02-29', 'b'],
      ['refuse', 'refused', 'BTC', '2024-02-29', null],
      ['start', 'started', null, null, null],
      ['end', 'incomplete', null, null, null],
      ['stage', 'staged', null, null, 'b'],
    ]);
  });
});
