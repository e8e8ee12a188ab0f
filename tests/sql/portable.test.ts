import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../warehouse/engine.ts';
import { portabilityFindings, sayFinding } from '../../warehouse/portable.ts';
import { readAllModels } from '../../warehouse/all-models.ts';
import { modelName } from '../../warehouse/sql-files.ts';
import { datasets, sqlFolder } from '../warehouse/tiny-lake.ts';

const { models } = await readAllModels(sqlFolder, datasets);
/** A staging model without any dataset is another text, and there is no lake to read it from here. */
const empty = (await readAllModels(sqlFolder, [])).models.filter(({ name }) => name === 'stg_daily_prices');
const linted = [...models, ...empty];

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.open({ temporaryFolder: tmpdir() });
});

afterAll(() => engine.close());

describe('the same text runs on DuckDB, Spark and Trino, or the header says why not', () => {
  test('there are models to look at in every schema', () => {
    expect(new Set(linted.map(({ schema }) => schema))).toEqual(
      new Set(['staging', 'intermediate', 'marts', 'metadata']),
    );
  });

  test.each(linted.map((model) => [modelName(model), model] as const))('%s', async (_name, model) => {
    expect((await portabilityFindings(engine, model)).map(sayFinding)).toEqual([]);
  });
});
