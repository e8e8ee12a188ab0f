import { keyColumns, lineageColumns } from '../../contracts/contract.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import { bronzeTable } from '../bronze-tables.ts';
import type { ColumnOfDataset, DatasetOfBuild } from '../inputs.ts';
import { generatedModel, type SqlFile } from '../sql-files.ts';
import { WarehouseError } from '../warehouse-error.ts';

/** What staging says of every row beside the dataset's own columns; none of these may be called like one of them. */
const ownNames: ReadonlySet<string> = new Set([
  ...[
    'ticker',
    'price_date',
    'dataset',
    'source',
    'resource',
    'date',
    'batch_id',
    'source_name',
    'schema_version',
  ],
  ...['publication_number', 'sha256', 'run', 'workflow_id', 'observed_at', 'published_at'],
]);

/** Every dataset has these, and staging renames them. */
const houseColumns: ReadonlySet<string> = new Set(Object.keys({ ...keyColumns, ...lineageColumns }));

/** Types of numbers, which a file of another writer may hold in another width. */
const castTypes: Readonly<Record<string, string>> = { double: 'double', bigint: 'bigint' };

/** Names the staging model of a dataset, without its schema. */
export function stagingName(dataset: string): string {
  return `stg_${bronzeTable(dataset)}`;
}

/**
 * Writes the staging model of a dataset from its contract: each published cell with the contract's own columns, and the
 * way back to its bytes.
 * @throws WarehouseError `ModelBroken` where one of its columns is called like one that staging adds.
 */
export function stagingModel(dataset: DatasetOfBuild): SqlFile {
  const own = inOrderOfBars(dataset.columns.filter(({ name }) => !houseColumns.has(name)));
  const taken = own.find(({ name }) => ownNames.has(name));
  if (taken) throw nameTaken(dataset, taken.name);
  const furtherKeys = dataset.primaryKey.filter((name) => !houseColumns.has(name));
  return generatedModel('staging', stagingName(dataset.id), textOf(dataset, own, furtherKeys));
}

/** Puts the prices of a bar in the order in which people say them, where the first of them stands; moves nothing else. */
function inOrderOfBars(columns: readonly ColumnOfDataset[]): ColumnOfDataset[] {
  const places = ['open', 'high', 'low', 'close'];
  const bar = columns
    .filter(({ name }) => places.includes(name))
    .sort((left, right) => places.indexOf(left.name) - places.indexOf(right.name));
  return columns.map((column) => (places.includes(column.name) ? (bar.shift() ?? column) : column));
}

function textOf(
  { id }: DatasetOfBuild,
  own: readonly ColumnOfDataset[],
  furtherKeys: readonly string[],
): string {
  const { source, resource } = splitDataset(id);
  const table = `bronze.${bronzeTable(id)}`;
  return `-- One published cell of ${id}, typed and renamed, with the way back to its raw bytes.
-- grain: ${['ticker', 'price date', ...furtherKeys].join(' x ')} of dataset ${id}
-- key: ${['ticker', 'price_date', ...furtherKeys].join(', ')}
-- sources: ${table}, lake.publications
with files as (

    select * from ${table}

),

publications as (

    select * from lake.publications
    where publications.source = '${source}' and publications.resource = '${resource}'

),

typed as (

    select
        files.ticker,
        files.date as price_date,

        '${id}' as dataset,
        files.source,

${own.map((column) => `        ${columnText(column)},\n`).join('')}
        files.__batch_id as batch_id,
        files.__source_name as source_name,
        files.__schema_version as schema_version,
        publications.number as publication_number,
        publications.sha256,
        publications.run,
        publications.workflow_id,

        files.__ingested_at as observed_at,
        publications.recorded_at as published_at
    from files
    inner join publications
        on files.ticker = publications.ticker and files.date = publications.date

)

select * from typed
`;
}

function columnText({ name, physicalType }: ColumnOfDataset): string {
  const type = castTypes[physicalType.toLowerCase()];
  return type === undefined ? `files.${name}` : `cast(files.${name} as ${type}) as ${name}`;
}

function nameTaken({ id }: DatasetOfBuild, column: string): WarehouseError {
  const message = `Could not write the staging model of ${id}: its contract has a column ${column}, and every staging model has one of that name already. Call it otherwise in the contract; the old warehouse stays.`;
  return new WarehouseError('ModelBroken', message);
}
