import { modelName } from '../sql-files.ts';
import type { DescribedFile, Dictionary } from './dictionary.ts';
import { code, fileLink, page, table } from './markdown.ts';
import { columnsOf } from './meanings.ts';

/** Writes the page of one model: what a row is, every column, where it comes from, and the tests. */
export function modelPage(dictionary: Dictionary, model: DescribedFile): string {
  const tests = testsOf(dictionary, model);
  return page(
    `# ${modelName(model.file)}`,
    model.notes.description,
    factsOf(dictionary, model),
    '## Columns',
    lineageRemark(model),
    table(['column', 'type', 'meaning', 'from', 'tests'], columnRows(dictionary, model, tests)),
    '## Tests',
    table(['test', 'severity', 'what it holds'], [keyTest(model), ...tests.map(testRow)]),
    ...(model.file.isGenerated ? ['## SQL', `\`\`\`sql\n${model.file.text.trimEnd()}\n\`\`\``] : []),
  );
}

/** Links to the page of a table: a model's own, or the page of all datasets. */
export function tableLink({ models }: Dictionary, name: string): string {
  if (models.some(({ file }) => modelName(file) === name)) return `[${name}](${name}.md)`;
  return name.startsWith('bronze.') ? `[${name}](bronze.md#${name.slice('bronze.'.length)})` : code(name);
}

/** The first sentence of a description. */
export function firstSentence(description: string): string {
  return /^.*?\.(?=\s|$)/.exec(description)?.[0] ?? description;
}

function factsOf(dictionary: Dictionary, model: DescribedFile): string {
  const name = modelName(model.file);
  const readers = dictionary.models
    .filter(({ reads }) => reads.includes(name))
    .map(({ file }) => modelName(file));
  const readBy = [
    ...readers.map((reader) => tableLink(dictionary, reader)),
    ...(dictionary.report.includes(name) ? ['the report'] : []),
  ];
  return [
    `- A row is: ${model.file.header.grain ?? ''}`,
    `- Key: ${model.file.header.key.map(code).join(', ')}`,
    `- Engine: ${model.notes.engine ?? 'any, the model keeps to the portable subset'}`,
    `- SQL: ${model.file.isGenerated ? 'generated from the contracts, see below' : fileLink(model.file.file)}`,
    `- Reads: ${model.reads.map((table) => tableLink(dictionary, table)).join(', ')}`,
    `- Read by: ${readBy.join(', ') || 'people'}`,
  ].join('\n');
}

function lineageRemark({ lineage }: DescribedFile): string {
  if (lineage.outcome === 'found') return '';
  return `Where each column comes from is not known: the lineage of this model could not be traced (${lineage.why}).`;
}

function columnRows(
  dictionary: Dictionary,
  model: DescribedFile,
  tests: readonly DescribedFile[],
): string[][] {
  const name = modelName(model.file);
  return columnsOf(dictionary, model).map(({ name: column, type, meaning, unit, sources }) => {
    const holding = tests.filter(({ lineage }) => {
      return lineage.outcome === 'found' && lineage.deciding.has(`${name}.${column}`);
    });
    const isKey = model.file.header.key.includes(column);
    return [
      code(column),
      type,
      `${meaning ?? ''}${unit === undefined ? '' : ` Unit: ${unit}.`}`,
      sourceWords(sources),
      [...(isKey ? ['key'] : []), ...holding.map(({ file }) => file.name)].join(', '),
    ];
  });
}

function sourceWords(sources: readonly string[] | undefined): string {
  if (sources === undefined) return 'not known';
  if (sources.length === 0) return 'no column: a constant or a count';
  const columns = new Map<string, string[]>();
  for (const source of sources) {
    const end = source.lastIndexOf('.');
    const table = source.slice(0, end);
    columns.set(table, [...(columns.get(table) ?? []), source.slice(end + 1)]);
  }
  return [...columns].map(([table, names]) => `${table}: ${names.map(code).join(', ')}`).join('; ');
}

function testsOf({ tests }: Dictionary, model: DescribedFile): DescribedFile[] {
  return tests.filter(({ reads }) => reads.includes(modelName(model.file)));
}

function keyTest({ file }: DescribedFile): string[] {
  const [first = '', ...others] = file.header.key;
  const names = [first, ...others].map(code).join(', ');
  return [`key of ${modelName(file)}`, 'error', `No two rows share ${names}, and none is null.`];
}

function testRow({ file, notes }: DescribedFile): string[] {
  return [`[${file.name}](../../${file.file})`, file.header.severity, notes.description];
}
