import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { supersededFile } from '../lake/layout.ts';
import { datasetId } from '../workflows/pure/cell.ts';
import { pathColumns, pathOptions } from './bronze-tables.ts';
import { EngineError, type Engine } from './engine.ts';
import type { WarehouseInputs } from './inputs.ts';
import { isOfDailyPrices, priceMeasures } from './staging/price-measures.ts';
import { filePath } from './sql-text.ts';

/** How many files one statement reads. */
const filesAtOnce = 2000;

const replacedRow = z.object({
  source: z.string(),
  resource: z.string(),
  ticker: z.string(),
  date: z.string(),
  number: z.number(),
  version: z.string().nullable(),
});
type Replaced = z.infer<typeof replacedRow>;

const describedColumn = z.object({ column_name: z.string() });

const replacedSql = `select source, resource, ticker, date::varchar as date, number, contract_version as version
    from lake.cell_records as old
    where event = 'published' and exists (
        from lake.cell_records as new where new.event = 'published' and new.supersedes_number = old.number
            and new.source = old.source and new.resource = old.resource and new.ticker = old.ticker and new.date = old.date)
    order by all`;

/**
 * Fills `lake.superseded` with what every replaced file of daily prices says, by the number of the record that had published it; a file that
 * was packed away is read from its archive. What is kept nowhere has no row: the records still know that it was replaced,
 * and by what.
 */
export async function loadSuperseded(engine: Engine, inputs: WarehouseInputs): Promise<void> {
  await engine.run(`create table lake.main.superseded
    (${pathColumns}, number integer, ${priceMeasures.map((name) => `${name} double`).join(', ')})`);
  const find = inputs.findReplaced ?? ((key) => besideBronze(inputs, key));
  const unpacked = await mkdtemp(join(tmpdir(), 'marketlake-superseded-'));
  try {
    const datasets = new Set(inputs.datasets.filter(isOfDailyPrices).map(({ id }) => id));
    const replaced = (await engine.rows(replacedRow, replacedSql)).filter((cell) =>
      datasets.has(datasetOf(cell)),
    );
    for (const alike of byVersion(replaced)) {
      const files: string[] = [];
      for (const cell of alike) {
        const path = await find(keyOf(cell), unpacked);
        if (path !== undefined) files.push(path);
      }
      for (let start = 0; start < files.length; start += filesAtOnce)
        await loadFiles(engine, files.slice(start, start + filesAtOnce));
    }
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

async function besideBronze({ bronzeFolder }: WarehouseInputs, key: string): Promise<string | undefined> {
  const path = join(dirname(bronzeFolder), key);
  return existsSync(path) ? path : undefined;
}

function datasetOf({ source, resource }: Replaced): string {
  return datasetId(source, resource);
}

/** Files of one dataset and contract version share a schema. */
function byVersion(cells: readonly Replaced[]): Replaced[][] {
  const groups = new Map<string, Replaced[]>();
  for (const cell of cells) {
    const key = `${datasetOf(cell)} ${cell.version ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups.values()];
}

function keyOf(cell: Replaced): string {
  const { ticker, date, number } = cell;
  return supersededFile({ dataset: datasetOf(cell), ticker, date }, number);
}

/**
 * Reads files of one schema; one that cannot be read counts as gone. No price comes from them, so that today's warehouse
 * need not wait for yesterday's mistake: `client/verify.ts` names the file and mends it.
 */
async function loadFiles(engine: Engine, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  try {
    await readFiles(engine, files);
  } catch (error) {
    if (!(error instanceof EngineError) || error.isMachineTrouble) throw error;
    if (files.length === 1) return;
    const half = Math.ceil(files.length / 2);
    await loadFiles(engine, files.slice(0, half));
    await loadFiles(engine, files.slice(half));
  }
}

async function readFiles(engine: Engine, files: readonly string[]): Promise<void> {
  const described = `describe select * from read_parquet(${filePath(files[0] ?? '')})`;
  const names = new Set((await engine.rows(describedColumn, described)).map((column) => column.column_name));
  const own = priceMeasures
    .filter((name) => names.has(name))
    .map((name) => `cast(${name} as double) as ${name}`);
  await engine.run(`insert into lake.main.superseded by name
    select source, resource, ticker, date, cast(regexp_extract(filename, '(\\d+)\\.parquet$', 1) as integer) as number,
        ${own.join(', ')}
    from read_parquet([${files.map(filePath).join(', ')}], filename = true, ${pathOptions})`);
}
