import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeJob } from '../../bench/peers/job.ts';
import { page } from '../../bench/peers/page.ts';
import type { Peer, Speed } from '../../bench/peers/peer.ts';
import { Rows, type Row } from '../../bench/peers/rows.ts';
import { projectFolder } from '../../settings.ts';

const jobSchema = z.object({
  dates: z.array(z.string()),
  contractVersion: z.string(),
  auditSql: z.string(),
  checks: z.array(z.object({ rule: z.string(), ifNull: z.number().nullable(), mustBe: z.number() })),
});

/** A row as steps.py writes it; `close` is what the tests change. */
const rowSql = (
  close: string,
  version: string,
): string => `(select 'coingecko' as source_id, 'market_chart' as resource_id,
  'bitcoin' as ticker_id, date '2026-11-18' as bar_date, ${close}::double as close, 1.0::double as market_cap,
  1.0::double as volume, 'b' as __batch_id, 'coingecko' as __source_name,
  timestamptz '2026-11-19 00:00:00Z' as __ingested_at, '${version}' as __schema_version)`;

async function failedRules(close: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'peer-job-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const told = await writeJob(folder, 'http://127.0.0.1:1', 3, new Date('2026-11-20T12:00:00Z'));
    const job = jobSchema.parse(JSON.parse(readFileSync(told.file, 'utf8')));
    const sql = job.auditSql
      .replace(/read_parquet\('@path@'[^)]*\)/, rowSql(close, job.contractVersion))
      .replaceAll('@ticker@', 'bitcoin')
      .replaceAll('2001-01-01', '2026-11-18');
    const [row = []] = (await connection.runAndReadAll(sql)).getRowsJS();
    const measured = row.slice(-job.checks.length);
    return job.checks
      .filter(({ ifNull, mustBe }, index) => Number(measured[index] ?? ifNull) !== mustBe)
      .map(({ rule }) => rule);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

const peer = (name: string): Peer => ({
  name,
  label: name,
  measure: () => Promise.reject(new Error('never')),
});

function rowOf(name: string, round: number, cellsPerSecond: number): Row {
  const speed: Speed = {
    cells: 630,
    seconds: 630 / cellsPerSecond,
    requests: 7,
    workerCpuSeconds: 6.3,
    serverCpuSeconds: 12.6,
    workerPeakMb: 100,
  };
  return { kind: 'speed', peer: name, round, days: 90, at: '2026-11-20T12:00:00Z', load: 0, speed };
}

describe('the bench of peers', () => {
  it('gives its Python steps the very rules of our contract: a bad close is refused, a good one passes', async () => {
    expect(await failedRules('100.5')).toEqual([]);
    expect(await failedRules('-1')).toContain('close.exclusiveMinimum');
  });

  it('compares a peer with our cell lane within its own round, so that a slow round falls on both', () => {
    const rows = [
      rowOf('cell-lane', 1, 30),
      rowOf('other', 1, 15),
      rowOf('cell-lane', 2, 10),
      rowOf('other', 2, 5),
    ];
    const line = page([peer('cell-lane'), peer('other')], rows, 90)
      .split('\n')
      .find((one) => one.startsWith('| other'));
    expect(line).toBe('| other | 10.0 | 0.50 | 84.0 | 7 | 10.0 | 20.0 | 100 | 2 |');
  });

  it('measures again what failed, and nothing that is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'peer-rows-'));
    const { speed: _speed, ...unmeasured } = rowOf('other', 1, 1);
    const rows = await Rows.open(folder);
    await rows.add({ ...unmeasured, failure: 'no disk' });
    expect((await Rows.open(folder)).has(unmeasured)).toBe(false);
    await rows.add(rowOf('other', 1, 1));
    expect((await Rows.open(folder)).has(unmeasured)).toBe(true);
    await rm(folder, { recursive: true, force: true });
  });

  it('builds the version of Temporal’s server that docker-compose.yml runs', () => {
    const text = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');
    const [, built] = /^version=v(\S+)$/m.exec(text('deploy/local-postgres/temporal.sh')) ?? [];
    expect(text('docker-compose.yml')).toContain(`image: temporalio/server:${built}\n`);
  });
});
