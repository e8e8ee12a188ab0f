import { ContractError } from '../contracts/contract-error.ts';
import type { Contract } from '../contracts/contract.ts';
import { parseContract } from '../contracts/parse.ts';
import { readKeptContract, type ContractVersion } from '../lake/kept-contracts.ts';
import { LakeError } from '../lake/lake-error.ts';
import { keptContractFile } from '../lake/layout.ts';
import type { Store } from '../lake/store.ts';

/** A kept contract, or why there is none to be had. */
export type ShelvedContract =
  | { readonly outcome: 'found'; readonly contract: Contract; readonly file: string }
  | { readonly outcome: 'gone' | 'altered'; readonly file: string; readonly found: string };

/** Reads the contracts that a lake keeps, each once. Today's contracts in the project's own folder do not count. */
export class ContractShelf {
  readonly #read = new Map<string, Promise<ShelvedContract>>();

  constructor(private readonly store: Store) {}

  /** Finds a contract by what a publication's record says of it. */
  async find(wanted: ContractVersion): Promise<ShelvedContract> {
    const file = keptContractFile(wanted.dataset, wanted.version, wanted.sha256);
    const key = `${file} ${wanted.sha256}`;
    const known = this.#read.get(key) ?? this.#find(wanted, file);
    this.#read.set(key, known);
    return known;
  }

  async #find(wanted: ContractVersion, file: string): Promise<ShelvedContract> {
    try {
      const text = await readKeptContract(this.store, wanted);
      if (text === undefined) return { outcome: 'gone', file, found: 'the lake does not keep it' };
      return { outcome: 'found', contract: parseContract(text, this.store.pathOf(file)), file };
    } catch (error) {
      // Its hash is right, and yet it cannot be read: written for a reader that this version has not got.
      if (error instanceof LakeError || error instanceof ContractError)
        return { outcome: 'altered', file, found: error.message };
      throw error;
    }
  }
}
