import type { Contract } from '../../contracts/contract.ts';
import type { PlannedAsset } from '../../plan/due-cells.ts';
import { readStaleness } from '../../plan/staleness.ts';
import type { DatasetId } from '../../workflows/pure/cell.ts';
import type { FindingOf } from '../alert.ts';
import type { Ask } from './ask.ts';

/** What staleness is measured with. */
export interface Promises {
  readonly assets: readonly PlannedAsset[];
  readonly contracts: ReadonlyMap<DatasetId, Pick<Contract, 'freshnessDays'>>;
  /** The day on which the lake was made. */
  readonly since: string;
}

/** Finds the assets that are further behind their last final open day than their contract's `freshness` promises. */
export async function findStale(
  ask: Ask,
  { assets, contracts, since }: Promises,
  now: Date,
): Promise<FindingOf<'stale'>[]> {
  const rows = async (sql: string): Promise<Record<string, unknown>[]> => [...(await ask(sql))];
  const measured = await readStaleness({ rows }, assets, now, since);
  return measured.flatMap((asset) => {
    const limitDays = contracts.get(asset.dataset)?.freshnessDays ?? null;
    if (limitDays === null || asset.days <= limitDays) return [];
    return [{ ...asset, kind: 'stale', incident: `${asset.dataset}/${asset.ticker}`, limitDays }];
  });
}
