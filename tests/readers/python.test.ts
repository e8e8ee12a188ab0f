import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { canImport, python } from '../support/python.ts';
import { whilePublishing } from './loop.ts';
import { cells, rowsInFile } from './published-cells.ts';

const root = mkdtempSync(join(tmpdir(), 'readers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lapsNeeded = 25;
const run = promisify(execFile);

/** How each library reads the whole of bronze into a pandas-like list of (ticker, date, close). */
const libraries = [
  {
    library: 'pyarrow',
    read: `import pyarrow.dataset as ds
def read():
    t = ds.dataset(root + "/bronze", format="parquet", partitioning="hive").to_table(columns=["ticker_id", "bar_date", "close"])
    return list(zip(*(t.column(i).to_pylist() for i in range(3))))`,
  },
  {
    library: 'pandas',
    read: `import pandas as pd
def read():
    f = pd.read_parquet(root + "/bronze", engine="pyarrow")
    return list(zip(f["ticker_id"], f["bar_date"], f["close"]))`,
  },
  {
    library: 'polars',
    read: `import polars as pl
def read():
    hive = {"source": pl.String, "resource": pl.String, "ticker": pl.String, "date": pl.Date}
    f = pl.scan_parquet(root + "/bronze/**/data.parquet", hive_partitioning=True, hive_schema=hive).collect()
    assert f["ticker"].to_list() == f["ticker_id"].to_list() and f["date"].to_list() == f["bar_date"].to_list()
    return f.select("ticker_id", "bar_date", "close").rows()`,
  },
];

const count = `
import sys, json, collections
root = sys.argv[1]
%READ%
seen = []
for lap in range(${lapsNeeded}):
    rounds = collections.defaultdict(list)
    for ticker, date, close in read():
        rounds[(ticker, str(date)[:10])].append(close)
    sizes = sorted({len(closes) for closes in rounds.values()})
    seen.append([len(rounds), sizes, sum(len(set(closes)) != 1 for closes in rounds.values()), sorted({t for t, _ in rounds})])
print(json.dumps(seen))
`;

describe.each(libraries)('$library, reading bronze while another process publishes', ({ library, read }) => {
  it.skipIf(!canImport(library) || !canImport('pyarrow'))(
    `sees every cell whole in one round or another ${canImport(library) ? '' : `(skipped: ${python} cannot import ${library})`}`,
    async () => {
      let said = '';
      const rounds = await whilePublishing(root, async () => {
        said = (await run(python, ['-c', count.replace('%READ%', () => read), root])).stdout;
      });
      const tickers = [...new Set(cells.map(({ ticker }) => ticker))].sort();
      const expected = [cells.length, [rowsInFile], 0, tickers];
      expect(JSON.parse(said)).toEqual(Array.from({ length: lapsNeeded }, () => expected));
      expect(rounds).toBeGreaterThan(1);
    },
  );
});
