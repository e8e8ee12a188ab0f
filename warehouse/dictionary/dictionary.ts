import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { readAllModels } from '../all-models.ts';
import { datasetOfBuild } from '../dataset-of-build.ts';
import { Engine } from '../engine.ts';
import { referencesOf } from '../references.ts';
import { modelName, type SqlFile } from '../sql-files.ts';
import { columnLineage, type ColumnLineage, type KnownColumns } from './column-lineage.ts';
import { readContractWords, type DescribedDataset } from './contract-words.ts';
import { describeWarehouse } from './empty-warehouse.ts';
import { readGlossary, type Glossary } from './glossary.ts';
import { inlineTables } from './inline-tables.ts';
import { readNotes, type ModelNotes } from './model-notes.ts';
import { tablesOfReport } from './report-tables.ts';

/** A SQL file with what it says of itself and what it reads. */
export interface DescribedFile {
  readonly file: SqlFile;
  readonly notes: ModelNotes;
  /** Tables, `schema.table`, sorted. */
  readonly reads: readonly string[];
  readonly lineage: ColumnLineage;
}

/** Everything the pages are made of. */
export interface Dictionary {
  readonly models: readonly DescribedFile[];
  readonly tests: readonly DescribedFile[];
  /** The models that the report is drawn from. */
  readonly report: readonly string[];
  readonly datasets: readonly DescribedDataset[];
  /** Columns of models, and of all that the build provides to them. */
  readonly columns: KnownColumns;
  readonly glossary: Glossary;
}

/**
 * Reads the SQL files, contracts and words of a repository, and builds a warehouse without data for the types.
 * @throws WarehouseError where a SQL file cannot be read or built.
 */
export async function readDictionary(repository: string): Promise<Dictionary> {
  const sqlFolder = join(repository, 'sql');
  const datasets = readContractWords(join(repository, 'contracts'));
  const ofBuild = [...loadContracts(join(repository, 'contracts')).values()].map(datasetOfBuild);
  const columns = await describeWarehouse(sqlFolder, ofBuild);
  const sql = await readAllModels(sqlFolder, ofBuild);
  const engine = await Engine.open({ temporaryFolder: tmpdir() });
  try {
    const describe = async (files: readonly SqlFile[]): Promise<DescribedFile[]> => {
      const described: DescribedFile[] = [];
      for (const file of files) described.push(await describeFile(engine, file, columns));
      return described;
    };
    return {
      models: await describe(sql.models),
      tests: await describe(sql.tests),
      report: await tablesOfReport(repository, sql.models.map(modelName)),
      datasets,
      columns,
      glossary: readGlossary(join(sqlFolder, 'columns.yaml')),
    };
  } finally {
    engine.close();
  }
}

async function describeFile(engine: Engine, file: SqlFile, columns: KnownColumns): Promise<DescribedFile> {
  const references = await referencesOf(engine, file);
  const constants = await inlineTables(engine, file.text);
  return {
    file,
    notes: readNotes(file),
    reads: [...new Set(references.map(({ table }) => table))].sort(),
    lineage: columnLineage(file.text, columns, constants, columns.get(modelName(file))),
  };
}
