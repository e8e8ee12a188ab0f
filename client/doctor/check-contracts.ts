import { join } from 'node:path';
import { openFileReader } from '../../lake/file-reader.ts';
import { ContractError } from '../../contracts/contract-error.ts';
import { loadContracts } from '../../contracts/load.ts';
import { verifyContract } from '../../contracts/verify.ts';
import { projectFolder, type Settings } from '../../settings.ts';
import { ok, type Finding } from './finding.ts';

/** Reads every contract and lets DuckDB prepare its rules, as a worker does when it starts. */
export async function checkContracts(settings: Settings): Promise<Finding> {
  try {
    const contracts = loadContracts(join(projectFolder, 'contracts'));
    const instance = await openFileReader();
    const connection = await instance.connect();
    for (const contract of contracts.values()) await verifyContract(connection, contract);
    connection.closeSync();
    instance.closeSync();
    const missing = [...settings.assets.flatMap(({ sources }) => sources), ...settings.snapshots].find(
      ({ dataset }) => !contracts.has(dataset),
    );
    if (missing)
      return wrong(
        `no contract for ${missing.dataset}`,
        'add one to contracts/, or mend the asset in marketlake.yaml',
      );
    return ok('contracts', `${contracts.size} are read, and their rules run`);
  } catch (error) {
    if (error instanceof ContractError)
      return wrong(error.message, 'mend the contract; no worker starts before');
    throw error;
  }
}

function wrong(found: string, fix: string): Finding {
  return { check: 'contracts', verdict: 'wrong', blame: 'configuration', found, fix };
}
