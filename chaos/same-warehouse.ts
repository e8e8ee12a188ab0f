import { keysOfModels } from '../client/command/project-models.ts';
import { compareWarehouses } from '../warehouse/diff/compare.ts';

/** What differs between any two runs: which batch brought a number, and when. */
const lineage: ReadonlySet<string> = new Set(['batch_id', 'observed_at', 'published_at', 'ingested_at']);

/** More than any model of a round has rows, so that every changed row is looked at. */
const everyRow = 1_000_000;

/**
 * Compares the models of two warehouses row by row, and says in sentences what differs. Two runs have other batches
 * and other times: what tells of these is left out, and so is `staging`, which is nothing but rows with lineage.
 */
export async function warehouseComplaints(
  undisturbed: string,
  disturbed: string,
  temporaryFolder: string,
): Promise<string[]> {
  const difference = await compareWarehouses({
    before: undisturbed,
    after: disturbed,
    keys: await keysOfModels(),
    exampleCount: everyRow,
    temporaryFolder,
  });
  return difference.models
    .filter(({ model }) => /^(marts|intermediate)\./.test(model))
    .flatMap(({ model, rowsAdded, rowsRemoved, examples }) => {
      const changed = examples.filter(({ values }) => values.some(({ column }) => !lineage.has(column)));
      if (rowsAdded + rowsRemoved + changed.length === 0) return [];
      return [
        `${model} differs from an undisturbed run's: ${rowsAdded} rows more, ${rowsRemoved} fewer, ${changed.length} changed` +
          (changed[0] ? `, such as ${JSON.stringify(changed[0])}` : ''),
      ];
    });
}
