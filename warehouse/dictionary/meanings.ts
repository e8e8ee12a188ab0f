import { modelName } from '../sql-files.ts';
import type { DescribedFile, Dictionary } from './dictionary.ts';
import type { DescribedColumn } from './contract-words.ts';

/** What one column is, for people. */
export interface ColumnMeaning {
  readonly name: string;
  readonly type: string;
  /** Undefined where nobody says it. */
  readonly meaning: string | undefined;
  readonly unit: string | undefined;
  /** Where its values come from, as `schema.table.column`; undefined where that is not known. */
  readonly sources: readonly string[] | undefined;
}

/** The keys of a file's path, which its columns hold under other names. */
const pathColumns: Readonly<Record<string, string>> = {
  source: 'source_id',
  resource: 'resource_id',
  ticker: 'ticker_id',
  date: 'bar_date',
};

/**
 * Finds the meaning of each column of a model: in its own header, else in the contract of the one column of
 * bronze that it is taken from, else in the glossary. Only staging goes by the contract: it renames and casts,
 * where later models compute.
 */
export function columnsOf(dictionary: Dictionary, model: DescribedFile): ColumnMeaning[] {
  const name = modelName(model.file);
  return (dictionary.columns.get(name) ?? []).map((column) => {
    const sources = model.lineage.outcome === 'found' ? model.lineage.sources.get(column.name) : undefined;
    const contract = model.file.schema === 'staging' ? contractColumn(dictionary, sources) : undefined;
    const said = model.notes.columns.get(column.name) ?? contract?.meaning;
    return {
      ...column,
      meaning: said ?? dictionary.glossary.meaningOf(column.name),
      unit: contract?.unit,
      sources,
    };
  });
}

function contractColumn(
  { datasets }: Dictionary,
  sources: readonly string[] | undefined,
): DescribedColumn | undefined {
  const [schema, table, column = ''] = sources?.length === 1 ? (sources[0] ?? '').split('.') : [];
  if (schema !== 'bronze') return undefined;
  const wanted = pathColumns[column] ?? column;
  return datasets.find((dataset) => dataset.table === table)?.columns.find(({ name }) => name === wanted);
}

/** Lists what people would miss or be misled by: columns without a meaning, words that no column has. */
export function faultsOf(dictionary: Dictionary): string[] {
  const all = dictionary.models.flatMap((model) =>
    columnsOf(dictionary, model).map((column) => ({ model, column })),
  );
  const unsaid = all
    .filter(({ column }) => column.meaning === undefined)
    .map(
      ({ model, column }) =>
        `${model.file.file}: its column ${column.name} has no meaning. Add "-- column ${column.name}: …" to the header, or a word to sql/columns.yaml.`,
    );
  const unknown = dictionary.models.flatMap((model) =>
    [...model.notes.columns.keys()]
      .filter(
        (name) => !dictionary.columns.get(modelName(model.file))?.some((column) => column.name === name),
      )
      .map((name) => `${model.file.file}: its header explains ${name}, which is no column of it.`),
  );
  const { words, isWordOf } = dictionary.glossary;
  const unused = words
    .filter((word) => !all.some(({ column }) => isWordOf(word, column.name)))
    .map((word) => `sql/columns.yaml: no column is called ${word}.`);
  const silent = [...dictionary.models, ...dictionary.tests]
    .filter(({ notes }) => notes.description === '')
    .map(({ file }) => `${file.file}: its header does not say what it is.`);
  return [...silent, ...unsaid, ...unknown, ...unused];
}
