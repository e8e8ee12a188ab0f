import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WrongUse } from '../command/exit-code.ts';
import type { Contract } from '../../contracts/contract.ts';
import { loadContracts } from '../../contracts/load.ts';
import { parseContract } from '../../contracts/parse.ts';
import { projectFolder } from '../../settings.ts';

/**
 * Finds the contracts that a person named: a dataset's in contracts/, a file anywhere, or all of contracts/.
 * @throws WrongUse for what is neither, ContractError for a file that is no contract.
 */
export function namedContracts(word: string | true): readonly Contract[] {
  if (typeof word === 'string' && existsSync(word) && statSync(word).isFile()) {
    return [parseContract(readFileSync(word, 'utf8'), word)];
  }
  const contracts = loadContracts(join(projectFolder, 'contracts'));
  if (word === true) return [...contracts.values()];
  const contract = contracts.get(word);
  if (contract) return [contract];
  throw new WrongUse(
    `"${word}" is neither a file nor a dataset with a contract. Known: ${[...contracts.keys()].join(', ')}.`,
  );
}
