import { BatchCache } from '../lake/batch-cache.ts';
import type { Store } from '../lake/store.ts';
import type { Source } from '../sources/source.ts';
import { ContractShelf } from './contract-shelf.ts';

/** All that a proof needs: the lake's own files and the readers of its sources. No server, no network. */
export interface ProofLake {
  readonly store: Store;
  readonly batches: BatchCache;
  readonly contracts: ContractShelf;
  readonly sources: ReadonlyMap<string, Source>;
}

/** Opens a lake's files for proofs. */
export function openProofLake(store: Store, sources: ReadonlyMap<string, Source>): ProofLake {
  return { store, batches: new BatchCache(store), contracts: new ContractShelf(store), sources };
}
