import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../warehouse/engine.ts';
import { portabilityFindings, sayFinding } from '../../warehouse/portable.ts';
import { modelName, readSqlFolder } from '../../warehouse/sql-files.ts';
import { sqlFolder } from '../warehouse/tiny-lake.ts';

const { models } = await readSqlFolder(sqlFolder);
const linted = models.filter(({ schema }) => ['intermediate', 'marts', 'metadata'].includes(schema));

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.open({ temporaryFolder: tmpdir() });
});

afterAll(() => engine.close());

describe('the same text runs on DuckDB, Spark and Trino, or the header says why not', () => {
  test('there are models to look at in every schema after staging', () => {
    expect(new Set(linted.map(({ schema }) => schema))).toEqual(
      new Set(['intermediate', 'marts', 'metadata']),
    );
  });

  test.each(linted.map((model) => [modelName(model), model] as const))('%s', async (_name, model) => {
    expect((await portabilityFindings(engine, model)).map(sayFinding)).toEqual([]);
  });
});
