import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LakeError } from '../../lake/lake-error.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { openProofLake, type ProofLake } from '../../proof/proof-lake.ts';
import { loadSettings } from '../../settings.ts';
import { createSources } from '../../sources/index.ts';
import { WrongUse } from '../command/exit-code.ts';
import { openLake, type OpenLake } from '../command/lake-client.ts';

/** A lake that is there, as commands and proofs see it. */
export interface ExistingLake {
  readonly open: OpenLake;
  readonly proof: ProofLake & { readonly store: LocalStore };
}

/**
 * Opens the configured lake for a proof, which makes none: there would be nothing to prove.
 * @throws WrongUse where there is none, LakeError `LakeDamaged` where nothing says whose the records are.
 */
export async function existingLake(): Promise<ExistingLake> {
  const settings = loadSettings();
  const isThere = (name: string): boolean => existsSync(join(settings.lakeFolder, name));
  if (!isThere('lake.json') && isThere('records')) {
    throw new LakeError(
      'LakeDamaged',
      `The lake at ${settings.lakeFolder} has records and no lake.json, which says who it is. Restore it from a backup.`,
    );
  }
  if (!isThere('lake.json')) {
    throw new WrongUse(
      `There is no lake at ${settings.lakeFolder}. Set MARKETLAKE_DATA_DIR to one, or make one with npm start.`,
    );
  }
  const open = await openLake(settings);
  const sources = createSources({ csvFiles: settings.csvFiles });
  return { open, proof: { ...openProofLake(open.store, sources), store: open.store } };
}
