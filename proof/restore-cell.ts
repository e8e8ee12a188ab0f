import { bronzeFile } from '../lake/layout.ts';
import { currentPublication } from '../lake/promise.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import type { ProofLake } from './proof-lake.ts';
import { rebuildPublication } from './rebuild-publication.ts';

/**
 * Puts a published file that is missing back from its staged batch, if that gives the very bytes of its
 * record; false where it does not. An earlier publication's file that lies there is replaced.
 */
export async function restoreCell(lake: ProofLake, cell: CellKey): Promise<boolean> {
  const publication = await currentPublication(lake.store, cell);
  if (!publication) return false;
  const rebuilt = await rebuildPublication(lake, cell, publication);
  if (rebuilt.outcome !== 'rebuilt' || !rebuilt.isSameBytes) return false;
  await lake.store.put(bronzeFile(cell), rebuilt.encoded.bytes);
  return true;
}
