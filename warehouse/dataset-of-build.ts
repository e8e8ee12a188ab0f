import type { Contract } from '../contracts/contract.ts';
import type { DatasetOfBuild } from './inputs.ts';

/** Takes from a contract what a build has to know of its dataset. */
export function datasetOfBuild(contract: Contract): DatasetOfBuild {
  const { dataset, version, columns, primaryKey, priceTolerancePct, fixing } = contract;
  return {
    id: dataset,
    version,
    columns: columns.map(({ name, physicalType, unit }) => ({
      name,
      physicalType,
      ...(unit === undefined ? {} : { unit }),
    })),
    primaryKey,
    priceTolerancePct,
    fixing,
  };
}
