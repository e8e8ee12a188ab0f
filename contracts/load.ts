import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetId } from '../workflows/pure/cell.ts';
import type { Contract } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { parseContract } from './parse.ts';

const ending = '.odcs.yaml';

/**
 * Reads every contract of a folder, by dataset.
 * @throws ContractError `ContractInvalid` for the first that cannot be used, and for a folder without any.
 */
export function loadContracts(folder: string): Map<DatasetId, Contract> {
  const names = namesIn(folder).filter((name) => name.endsWith(ending));
  if (names.length === 0) {
    throw new ContractError(
      'ContractInvalid',
      `Looked for contracts in ${folder}, found no file *${ending}.`,
    );
  }
  const contracts = names.sort().map((name) => loadContract(folder, name));
  return new Map(contracts.map((contract) => [contract.dataset, contract]));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const message = `Cannot read the folder of contracts, ${folder}; check that it is there and readable.`;
    throw new ContractError('ContractInvalid', message, cause);
  }
}

function loadContract(folder: string, name: string): Contract {
  const file = join(folder, name);
  const contract = parseContract(readText(file), file);
  if (`${contract.dataset}${ending}` !== name) {
    const message = `${file} is the contract of ${contract.dataset}; call the file ${contract.dataset}${ending} or mend its id.`;
    throw new ContractError('ContractInvalid', message);
  }
  return contract;
}

/** Reads a file such that encoding the text again gives the same bytes, and so the same hash. */
function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new ContractError('ContractInvalid', `Cannot read ${file} as UTF-8 text; write it anew.`, cause);
  }
}
