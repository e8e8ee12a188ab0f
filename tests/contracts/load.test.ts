import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadContracts } from '../../contracts/load.ts';
import { parseContract } from '../../contracts/parse.ts';
import { verifyContract } from '../../contracts/verify.ts';
import { contractsFolder, contractText, temporaryFolder } from './support.ts';

const names = readdirSync(contractsFolder).filter((name) => name.endsWith('.odcs.yaml'));
/** The columns that every daily candle has. */
const candle = ['open DOUBLE!', 'high DOUBLE!', 'low DOUBLE!', 'close DOUBLE!', 'volume DOUBLE!'];
/** What each dataset has between keys and lineage, in order; `!` stands for required. */
const measures: Readonly<Record<string, readonly string[]>> = {
  'binance.daily_candles': [...candle, 'quote_volume DOUBLE', 'trade_count BIGINT'],
  'coinbase.daily_candles': candle,
  'coincap.assets': [
    ...['coin_id VARCHAR!', 'coin_symbol VARCHAR', 'coin_name VARCHAR', 'rank BIGINT!'],
    ...['market_cap_rank BIGINT', 'price DOUBLE', 'market_cap DOUBLE', 'volume DOUBLE', 'vwap_24h DOUBLE'],
    ...['change_24h_pct DOUBLE', 'circulating_supply DOUBLE', 'max_supply DOUBLE'],
    'last_updated TIMESTAMP_TZ',
  ],
  'coincap.history': ['close DOUBLE!'],
  'coingecko.market_chart': ['close DOUBLE!', 'market_cap DOUBLE', 'volume DOUBLE'],
  'coingecko.markets': [
    ...['coin_id VARCHAR!', 'coin_symbol VARCHAR', 'coin_name VARCHAR', 'rank BIGINT!'],
    ...['market_cap_rank BIGINT', 'price DOUBLE', 'market_cap DOUBLE', 'fully_diluted_valuation DOUBLE'],
    ...['volume DOUBLE', 'high_24h DOUBLE', 'low_24h DOUBLE', 'change_24h_pct DOUBLE'],
    ...['circulating_supply DOUBLE', 'total_supply DOUBLE', 'max_supply DOUBLE', 'ath DOUBLE'],
    ...['ath_at TIMESTAMP_TZ', 'atl DOUBLE', 'atl_at TIMESTAMP_TZ', 'last_updated TIMESTAMP_TZ'],
  ],
  'coinpaprika.historical': ['close DOUBLE!', 'market_cap DOUBLE', 'volume DOUBLE'],
  'coinpaprika.tickers': [
    ...['coin_id VARCHAR!', 'coin_symbol VARCHAR', 'coin_name VARCHAR', 'rank BIGINT!'],
    ...['market_cap_rank BIGINT', 'price DOUBLE', 'market_cap DOUBLE', 'volume DOUBLE'],
    ...['change_24h_pct DOUBLE', 'circulating_supply DOUBLE', 'total_supply DOUBLE', 'max_supply DOUBLE'],
    ...['ath DOUBLE', 'ath_at TIMESTAMP_TZ', 'last_updated TIMESTAMP_TZ'],
  ],
  'csv.daily_bars': [...candle.slice(0, -1), 'volume DOUBLE'],
  'csv.daily_closes': [
    ...['close DOUBLE!', 'open DOUBLE', 'high DOUBLE', 'low DOUBLE', 'volume DOUBLE'],
    'market_cap DOUBLE',
  ],
  'frankfurter.daily_rates': ['close DOUBLE!'],
  'kraken.daily_candles': [...candle, 'vwap DOUBLE', 'trade_count BIGINT'],
  'massive.daily_bars': [...candle, 'vwap DOUBLE', 'trade_count BIGINT'],
};

/** Parts of ODCS that our reader passes over, held strictly here. */
const published = z.object({
  name: z.string(),
  domain: z.string(),
  status: z.literal('active'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  description: z.strictObject({
    usage: z.string(),
    limitations: z.string().regex(/Grain: one row for each [^.]+\.$/),
  }),
  team: z.strictObject({
    name: z.string(),
    description: z.string(),
    members: z.array(z.strictObject({ username: z.string(), role: z.literal('owner') })).length(1),
  }),
  servers: z.array(
    z.strictObject({
      server: z.enum(['live', 'sample']),
      type: z.literal('local'),
      path: z.string().regex(/\/source=[a-z]+\/resource=[a-z_]+\/ticker=\*\/date=\*\/data\.parquet$/),
      format: z.literal('parquet'),
    }),
  ),
  slaProperties: z.array(
    z.strictObject({
      property: z.literal('freshness'),
      value: z.number().positive(),
      unit: z.literal('d'),
      element: z.string().regex(/\.__ingested_at$/),
      description: z.string(),
    }),
  ),
  schema: z.array(
    z.object({ properties: z.array(z.object({ name: z.string(), description: z.string().min(10) })) }),
  ),
});

describe("the project's contracts", () => {
  it('are one for each dataset, found by its name, with the hash of its bytes', () => {
    const contracts = loadContracts(contractsFolder);
    expect([...contracts.keys()]).toEqual(Object.keys(measures));
    for (const [dataset, contract] of contracts) {
      const bytes = readFileSync(join(contractsFolder, `${dataset}.odcs.yaml`));
      expect(contract.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it.each(names)('%s has an owner, a grain, servers, a freshness and a meaning for every column', (name) => {
    const file: unknown = parse(readFileSync(join(contractsFolder, name), 'utf8'));
    expect(published.safeParse(file).error).toBeUndefined();
  });

  it('say when their prices are fixed, where a row is the price of a day', () => {
    const ofDays = [...loadContracts(contractsFolder).values()].filter(({ columns }) =>
      columns.some(({ name }) => name === 'close'),
    );
    expect(ofDays.filter(({ fixing }) => fixing === null).map(({ dataset }) => dataset)).toEqual([]);
  });

  it('have their measures between keys and lineage', () => {
    const found = [...loadContracts(contractsFolder)].map(([dataset, { columns }]) => [
      dataset,
      columns
        .slice(4, -4)
        .map((column) => `${column.name} ${column.physicalType}${column.required ? '!' : ''}`),
    ]);
    expect(Object.fromEntries(found)).toEqual(measures);
  });

  it('hold only SQL that runs', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const contract of loadContracts(contractsFolder).values()) {
      await expect(verifyContract(connection, contract)).resolves.toBeUndefined();
    }
    connection.closeSync();
  });
});

describe('loading a folder', () => {
  const root = temporaryFolder();

  it('stops at a typo in an operator, with file and line', () => {
    const folder = mkdtempSync(join(root, 'folder-'));
    const file = join(folder, 'massive.daily_bars.odcs.yaml');
    const text = readFileSync(join(contractsFolder, 'massive.daily_bars.odcs.yaml'), 'utf8');
    writeFileSync(file, text.replace('mustBe: 0', 'mustBeee: 0'));
    const line = text.slice(0, text.indexOf('mustBe: 0')).split('\n').length;
    expect(() => loadContracts(folder)).toThrow(
      `${file}:${line}:9: unknown key "mustBeee"; did you mean "mustBe"?`,
    );
  });

  it('refuses a file that is called after another dataset', () => {
    const folder = mkdtempSync(join(root, 'folder-'));
    copyFileSync(join(contractsFolder, 'csv.daily_closes.odcs.yaml'), join(folder, 'csv.closes.odcs.yaml'));
    expect(() => loadContracts(folder)).toThrow(/call the file csv\.daily_closes\.odcs\.yaml/);
  });

  it('refuses a folder without contracts, one that is not there, and bytes that are no text', () => {
    const folder = mkdtempSync(join(root, 'folder-'));
    expect(() => loadContracts(folder)).toThrow(/found no file/);
    expect(() => loadContracts(join(folder, 'nowhere'))).toThrow(/Cannot read the folder/);
    mkdirSync(join(folder, 'bytes'));
    writeFileSync(join(folder, 'bytes', 'a.b.odcs.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(() => loadContracts(join(folder, 'bytes'))).toThrow(/UTF-8/);
  });
});

describe('SQL that does not run is found before any candidate', () => {
  const rule = (query: string): string =>
    `      - { name: extra, type: sql, query: '${query}', mustBe: 0, severity: error, dimension: accuracy }`;
  it.each([
    ['a column that is not there', 'select count(*) from ${object} where prize > 0'],
    ['a syntax error', 'select count(*) from ${object} where price >'],
    ['two columns', 'select 1, 2 from ${object}'],
  ])('%s', async (_what, query) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const text = contractText({ tableRules: rule(query) });
    const line = text.slice(0, text.indexOf('name: extra')).split('\n').length;
    await expect(verifyContract(connection, parseContract(text, 'demo.odcs.yaml'))).rejects.toMatchObject({
      code: 'ContractInvalid',
      message: expect.stringContaining(`demo.odcs.yaml:${line}: rule.extra does not run`) as string,
    });
    connection.closeSync();
  });
});
