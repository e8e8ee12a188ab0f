import type { DatasetId } from '../workflows/pure/cell.ts';
import { sha256 } from './json.ts';
import { LakeError } from './lake-error.ts';
import { keptContractFile } from './layout.ts';
import type { Store } from './store.ts';

/** One version of a contract, by the bytes of its file. */
export interface ContractVersion {
  readonly dataset: DatasetId;
  readonly version: string;
  readonly sha256: string;
}

/** Keeps the file of a contract for as long as the lake lives: what was published under it is rebuilt from it. */
export async function keepContract(store: Store, contract: ContractVersion, text: Uint8Array): Promise<void> {
  if (sha256(text) !== contract.sha256) {
    throw new LakeError(
      'LakeDamaged',
      `The contract of ${contract.dataset} changed while it was being kept. Start the worker again.`,
    );
  }
  await store.putIfAbsent(keptContractFile(contract.dataset, contract.version, contract.sha256), text);
}

/**
 * Reads a kept contract's text; undefined where the lake never kept it.
 * @throws LakeError `LakeDamaged` where the file is not the one that was kept.
 */
export async function readKeptContract(store: Store, contract: ContractVersion): Promise<string | undefined> {
  const key = keptContractFile(contract.dataset, contract.version, contract.sha256);
  const bytes = await store.get(key);
  if (bytes && sha256(bytes) !== contract.sha256) {
    throw new LakeError(
      'LakeDamaged',
      `${store.pathOf(key)} is not the contract that was kept: its sha256 is another. Restore it from a backup.`,
    );
  }
  return bytes && Buffer.from(bytes).toString('utf8');
}
