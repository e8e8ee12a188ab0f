import { modelName } from '../sql-files.ts';
import type { DescribedDataset } from './contract-words.ts';
import type { Dictionary } from './dictionary.ts';
import { metadataGraph, priceGraph } from './graph.ts';
import { code, fileLink, page, table } from './markdown.ts';
import { firstSentence, modelPage } from './model-page.ts';

/** Writes every page of the dictionary, by file name. */
export function pagesOf(dictionary: Dictionary): Map<string, string> {
  return new Map([
    ['README.md', overviewPage(dictionary)],
    ['bronze.md', bronzePage(dictionary)],
    ...dictionary.models.map((model): [string, string] => [
      `${modelName(model.file)}.md`,
      modelPage(dictionary, model),
    ]),
  ]);
}

function overviewPage(dictionary: Dictionary): string {
  const schemas = [...new Set(dictionary.models.map(({ file }) => file.schema))];
  const order = ['staging', 'intermediate', 'marts', 'metadata'];
  schemas.sort((left, right) => order.indexOf(left) - order.indexOf(right));
  return page(
    '# The models of the warehouse',
    'Every table of `warehouse.duckdb` has a page here: what a row is, each column with type, meaning and origin, and the tests that hold it. The datasets that all of it is made from are in [bronze](bronze.md).',
    '## How prices reach the report',
    priceGraph(dictionary),
    '## What the lake says about itself',
    metadataGraph(dictionary),
    ...schemas.flatMap((schema) => [`## ${schema}`, schemaTable(dictionary, schema)]),
    '`metadata.build` is written by the build itself: one row with its fingerprint, run, market, engine and time.',
  );
}

function schemaTable({ models }: Dictionary, schema: string): string {
  const own = models.filter(({ file }) => file.schema === schema);
  return table(
    ['model', 'a row is', 'what it is'],
    own.map(({ file, notes }) => [
      `[${file.name}](${modelName(file)}.md)`,
      file.header.grain ?? '',
      firstSentence(notes.description),
    ]),
  );
}

function bronzePage({ datasets }: Dictionary): string {
  return page(
    '# Bronze: the published datasets',
    'One Parquet file for each cell, as its contract promises. Models read them as `bronze.<source>__<resource>`, where the keys of the path stand beside the columns as `source`, `resource`, `ticker` and `date`.',
    ...datasets.flatMap(datasetParts),
  );
}

function datasetParts(dataset: DescribedDataset): string[] {
  return [
    `## ${dataset.table}`,
    dataset.description,
    `Dataset ${code(dataset.dataset)}, contract ${fileLink(`contracts/${dataset.file}`)}, version ${dataset.version}.`,
    table(
      ['column', 'type', 'null', 'unit', 'meaning'],
      dataset.columns.map(({ name, type, isRequired, unit, meaning }) => [
        code(name),
        type,
        isRequired ? 'never' : 'possible',
        unit ?? '',
        meaning ?? '',
      ]),
    ),
    table(
      ['rule', 'severity', 'what it holds'],
      dataset.rules.map(({ name, severity, meaning }) => [name, severity, meaning]),
    ),
  ];
}
