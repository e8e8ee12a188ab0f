import { cp, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadContracts } from '../../contracts/load.ts';
import { readDictionary, type Dictionary } from '../../warehouse/dictionary/dictionary.ts';
import { columnsOf, faultsOf } from '../../warehouse/dictionary/meanings.ts';
import { pagesOf } from '../../warehouse/dictionary/pages.ts';
import { writePages } from '../../warehouse/dictionary/write.ts';
import { modelName } from '../../warehouse/sql-files.ts';

const repository = join(import.meta.dirname, '../..');
const pagesFolder = join(repository, 'docs/models');

describe('the dictionary of this repository', () => {
  let dictionary: Dictionary;

  beforeAll(async () => {
    dictionary = await readDictionary(repository);
  });

  test('docs/models is what the command writes; where this fails, run npx tsx warehouse/dictionary/write.ts', async () => {
    const names = (await readdir(pagesFolder)).sort();
    const texts = names.map((name) => readFile(join(pagesFolder, name), 'utf8'));
    const written = new Map((await Promise.all(texts)).map((text, index) => [names[index], text]));
    const pages = pagesOf(dictionary);
    expect(names).toEqual([...pages.keys()].sort());
    for (const [name, text] of pages) expect(written.get(name), name).toBe(text);
  });

  test('every model says what it is, every column has a meaning, and every meaning a column', () => {
    expect(faultsOf(dictionary)).toEqual([]);
  });

  test('every column of every model is traced, and only to tables that the model reads', () => {
    for (const model of dictionary.models) {
      const sources = columnsOf(dictionary, model).map((column) => column.sources);
      expect(sources, model.file.file).not.toContain(undefined);
      const tables = sources.flat().map((source) => source?.slice(0, source.lastIndexOf('.')));
      expect(model.reads, model.file.file).toEqual(expect.arrayContaining([...new Set(tables)]));
    }
  });

  test('a close in the facts leads back, column by column, to every contract', () => {
    const sourcesOf = (column: string): string[] => {
      const model = dictionary.models.find(({ file }) => column.startsWith(`${modelName(file)}.`));
      if (model?.lineage.outcome !== 'found') return [column];
      return (model.lineage.sources.get(column.split('.')[2] ?? '') ?? []).flatMap(sourcesOf);
    };
    const closes = [...loadContracts(join(repository, 'contracts')).values()]
      .filter(({ columns }) => columns.some(({ name }) => name === 'close'))
      .map(({ dataset }) => `bronze.${dataset.replace('.', '__')}.close`);
    expect(closes).toContain('bronze.massive__daily_bars.close');
    expect([...new Set(sourcesOf('marts.fct_daily_prices.close'))].sort()).toEqual(closes.sort());
  });

  test('the graph leads from the source to the report', () => {
    const graph = pagesOf(dictionary).get('README.md');
    for (const arrow of [
      'source__massive --> bronze__massive__daily_bars',
      'bronze__massive__daily_bars --> staging__stg_massive__daily_bars',
      'staging__stg_massive__daily_bars --> staging__stg_daily_prices',
      'staging__stg_daily_prices --> intermediate__int_market__observed_prices',
      'intermediate__int_market__observed_prices --> marts__fct_daily_prices',
      'marts__rpt_performance_summary --> report__index',
    ]) {
      expect(graph).toContain(`    ${arrow}\n`);
    }
  });
});

describe('a repository of its own', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dictionary-test-'));
    await cp(join(repository, 'contracts'), join(folder, 'contracts'), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
    await mkdir(join(folder, 'sql/staging'), { recursive: true });
    await writeFile(join(folder, 'sql/columns.yaml'), 'n: The number.\nmean_Nd: The mean of N days.\n');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function withModel(text: string): Promise<Dictionary> {
    await writeFile(join(folder, 'sql/staging/x.sql'), text);
    return readDictionary(folder);
  }

  /** What is wrong with files; the generated models are in every dictionary, and their words are not in this one. */
  const faultsOfFiles = (dictionary: Dictionary): string[] =>
    faultsOf(dictionary).filter((fault) => fault.startsWith('sql/'));

  const header = '-- What it is.\n-- grain: number\n-- key: n\n';

  test('a column without a meaning, a meaning without a column and a word that nobody uses are faults', async () => {
    const dictionary = await withModel(`${header}-- column gone: Not there.\nselect 1 as n, 2 as m`);
    expect(faultsOfFiles(dictionary)).toEqual([
      expect.stringContaining('its column m has no meaning'),
      expect.stringContaining('explains gone'),
      'sql/columns.yaml: no column is called mean_Nd.',
    ]);
  });

  test('a model and a test that do not say what they are are faults', async () => {
    await mkdir(join(folder, 'sql/tests'));
    await writeFile(
      join(folder, 'sql/tests/t.sql'),
      '-- severity: error\nselect * from staging.x where n < 0',
    );
    const dictionary = await withModel('-- grain: number\n-- key: n\nselect 1 as n, 2 as mean_7d');
    expect(faultsOfFiles(dictionary)).toEqual([
      expect.stringMatching(/^sql\/staging\/x.sql/),
      expect.stringMatching(/^sql\/tests\/t.sql/),
    ]);
  });

  test("the header's word goes before the contract's, and the contract's before the glossary's", async () => {
    const dictionary = await withModel(
      `${header}-- column close: Mine.\nselect bars.close, bars.close as high, 1 as n, 2 as mean_30d
      from bronze.csv__daily_closes as bars`,
    );
    const model = dictionary.models.find(({ file }) => file.name === 'x');
    const meanings = model && columnsOf(dictionary, model).map(({ name, meaning }) => [name, meaning]);
    const csv = dictionary.datasets.find(({ dataset }) => dataset === 'csv.daily_closes');
    const ofContract = csv?.columns.find(({ name }) => name === 'close')?.meaning;
    expect(ofContract).toEqual(expect.any(String));
    expect(meanings).toEqual([
      ['close', 'Mine.'],
      ['high', ofContract],
      ['n', 'The number.'],
      ['mean_30d', 'The mean of 30 days.'],
    ]);
  });

  test('the page of a model that cannot be traced says so instead of guessing', async () => {
    const dictionary = await withModel(`${header}select t.n, 1 as mean_7d from range(3) as t (n)`);
    const written = pagesOf(dictionary).get('staging.x.md');
    expect(written).toContain('the lineage of this model could not be traced');
    expect(written).toMatch(/\| `n` \| BIGINT \| The number. \| not known \| key \|/);
  });

  test('writing removes the page of a model that is gone, and nothing else', async () => {
    const pages = join(folder, 'pages');
    await writePages(pages, new Map([['old.md', 'old']]));
    await writeFile(join(pages, 'picture.svg'), '<svg/>');
    await writePages(pages, new Map([['new.md', 'new']]));
    expect((await readdir(pages)).sort()).toEqual(['new.md', 'picture.svg']);
  });
});
