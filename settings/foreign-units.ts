import type { Contract } from '../contracts/contract.ts';
import type { DatasetId } from '../workflows/pure/cell.ts';
import type { Asset } from './shape.ts';

/** Something wrong, and at which path of the file it stands. */
export interface ForeignUnit {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const currencyCode = /^[A-Z]{3}$/;

/** Tells whether contracts have to be read: a source can stand in for another only where there are several. */
export function hasFallbacks(assets: readonly Asset[]): boolean {
  return assets.some(({ sources }) => sources.length > 1);
}

/**
 * Finds, among assets with several sources, those whose prices its contract counts in another currency than the asset's: a
 * series of both would jump. A contract that names no one currency, such as that of pairs, tells nothing.
 */
export function foreignUnits(
  assets: readonly Asset[],
  contracts: ReadonlyMap<DatasetId, Pick<Contract, 'columns'>>,
): ForeignUnit[] {
  return assets.flatMap(({ ticker, currency, sources }, place) =>
    sources.flatMap(({ dataset }, index): ForeignUnit[] => {
      const columns = contracts.get(dataset)?.columns ?? [];
      const unit = columns.find(({ name }) => name === 'close' || name === 'price')?.unit;
      if (sources.length === 1 || unit === undefined || !currencyCode.test(unit) || unit === currency)
        return [];
      const message = `its prices are in ${unit}, and ${ticker}'s currency is ${currency ?? 'none'}: of several sources each must count in the asset's currency`;
      return [{ path: ['assets', place, 'sources', index, 'dataset'], message }];
    }),
  );
}
