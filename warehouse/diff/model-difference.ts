import { z } from 'zod';
import type { Engine } from '../engine.ts';
import { identifier } from '../sql-text.ts';
import type { TableColumns } from './columns.ts';
import type { ChangedRow, ModelDifference } from './difference.ts';

/** One model in two attached warehouses, `before` and `after`. */
export interface ModelPair {
  /** `schema.name` */
  readonly model: string;
  /** The columns that name a row, in both. */
  readonly key: readonly string[];
  readonly before: TableColumns;
  readonly after: TableColumns;
}

/** Sums of doubles that several threads add up may differ in their last digits; no close differs by so little. */
const sameWithin = '1e-9';

/**
 * Rows are put into buckets by their key, and only buckets whose digests differ are joined: a day's new rows of a
 * long history touch few of them.
 */
const bucketCount = 16_384;
const differingBuckets = 'temp.main.differing_buckets';

const countsRow = z.object({
  added: z.coerce.number(),
  removed: z.coerce.number(),
  changed: z.coerce.number(),
});
const exampleRow = z.record(z.string(), z.union([z.string(), z.boolean()]).nullable());

/** Compares one model by its key; undefined where nothing differs. Values are only read, never held here. */
export async function modelDifference(
  engine: Engine,
  pair: ModelPair,
  exampleCount: number,
): Promise<ModelDifference | undefined> {
  const columnsAdded = [...pair.after.keys()].filter((column) => !pair.before.has(column));
  const columnsRemoved = [...pair.before.keys()].filter((column) => !pair.after.has(column));
  const hasSameColumns = columnsAdded.length + columnsRemoved.length === 0;
  const { added, removed, changed } = await countRows(engine, pair);
  if (hasSameColumns && added + removed + changed === 0) return undefined;
  return {
    model: pair.model,
    presence: 'both',
    rowsAdded: added,
    rowsRemoved: removed,
    rowsChanged: changed,
    columnsAdded,
    columnsRemoved,
    examples: changed > 0 && exampleCount > 0 ? await examplesOf(engine, pair, exampleCount) : [],
  };
}

async function countRows(engine: Engine, pair: ModelPair): Promise<z.infer<typeof countsRow>> {
  const none = { added: 0, removed: 0, changed: 0 };
  // Without a column in common there are no rows to hold against each other.
  if (pair.key.length === 0) return none;
  await findDifferingBuckets(engine, pair);
  const [counts] = await engine.rows(countsRow, countsSql(pair));
  return counts ?? none;
}

/** One look at each table, far cheaper than a join of all. */
async function findDifferingBuckets(engine: Engine, pair: ModelPair): Promise<void> {
  const all = [...pair.key, ...comparedColumns(pair)].map(identifier).join(', ');
  const digests = (catalog: string): string => `select ${bucketOf(pair)} as bucket, count(*) as row_count,
      sum(hash(${all})) as hashes from ${table(catalog, pair)} group by all`;
  await engine.run(`create or replace temp table differing_buckets as
    select bucket from (${digests('before')}) as old full join (${digests('after')}) as new using (bucket)
    where old.row_count is distinct from new.row_count or old.hashes is distinct from new.hashes`);
}

/** The same key has the same bucket in both warehouses, also where a column of it changed its type. */
function bucketOf({ key }: ModelPair): string {
  return `hash(${key.map((column) => `${identifier(column)}::varchar`).join(', ')}) % ${bucketCount}`;
}

function rowsToJoin(catalog: string, pair: ModelPair): string {
  return `(select *, true as is_there_ from ${table(catalog, pair)}
    where ${bucketOf(pair)} in (select bucket from ${differingBuckets}))`;
}

function countsSql(pair: ModelPair): string {
  const differs = comparedColumns(pair)
    .map((column) => `(${differsSql(pair, column)})`)
    .join(' or ');
  return `select
      count(*) filter (where old.is_there_ is null)::varchar as added,
      count(*) filter (where new.is_there_ is null)::varchar as removed,
      count(*) filter (where old.is_there_ and new.is_there_ and (${differs || 'false'}))::varchar as changed
    from ${rowsToJoin('before', pair)} as old
    full join ${rowsToJoin('after', pair)} as new on ${sameKey(pair)}`;
}

async function examplesOf(engine: Engine, pair: ModelPair, count: number): Promise<ChangedRow[]> {
  const columns = comparedColumns(pair);
  const keys = pair.key.map((column, at) => `new.${identifier(column)}::varchar as k${at}`);
  const values = columns.map((column, at) => {
    const name = identifier(column);
    return `${differsSql(pair, column)} as d${at}, old.${name}::varchar as o${at}, new.${name}::varchar as n${at}`;
  });
  const differs = columns.map((_, at) => `d${at}`).join(' or ');
  const order = pair.key.map((column) => `new.${identifier(column)}`).join(', ');
  const rows = await engine.rows(
    exampleRow,
    `select ${[...keys, ...values].join(', ')}
     from ${rowsToJoin('before', pair)} as old inner join ${rowsToJoin('after', pair)} as new on ${sameKey(pair)}
     where ${differs} order by ${order} limit ${count}`,
  );
  return rows.map((row) => changedRow(row, pair.key, columns));
}

function changedRow(
  row: z.infer<typeof exampleRow>,
  key: readonly string[],
  columns: readonly string[],
): ChangedRow {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  return {
    key: Object.fromEntries(key.map((column, at) => [column, text(`k${at}`)])),
    values: columns.flatMap((column, at) =>
      row[`d${at}`] === true ? [{ column, before: text(`o${at}`), after: text(`n${at}`) }] : [],
    ),
  };
}

function comparedColumns({ key, before, after }: ModelPair): string[] {
  return [...before.keys()].filter((column) => after.has(column) && !key.includes(column));
}

function differsSql({ before, after }: ModelPair, column: string): string {
  const name = identifier(column);
  const isOfOneType = before.get(column) === after.get(column);
  if (!isOfOneType) return `(old.${name}::varchar is distinct from new.${name}::varchar)`;
  const isDistinct = `old.${name} is distinct from new.${name}`;
  if (before.get(column) !== 'DOUBLE') return `(${isDistinct})`;
  const isNear = `abs(old.${name} - new.${name}) <= ${sameWithin} * greatest(abs(old.${name}), abs(new.${name}))`;
  return `(${isDistinct} and not coalesce(${isNear}, false))`;
}

function sameKey({ key }: ModelPair): string {
  return key
    .map((column) => `old.${identifier(column)} is not distinct from new.${identifier(column)}`)
    .join(' and ');
}

function table(catalog: string, { model }: ModelPair): string {
  const [schema = '', name = ''] = model.split('.');
  return `${identifier(catalog)}.${identifier(schema)}.${identifier(name)}`;
}
