import { join } from 'node:path';
import { z } from 'zod';
import { ContractError } from '../../contracts/contract-error.ts';
import { loadCoins, type Coin } from '../../contracts/coins.ts';
import { loadContracts } from '../../contracts/load.ts';
import { projectFolder } from '../../settings.ts';
import { datasetOfBuild } from '../../warehouse/dataset-of-build.ts';
import { isOfCoins } from '../../warehouse/staging/coin-snapshots-model.ts';
import type { DatasetId } from '../../workflows/pure/cell.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { ok, type Finding } from './finding.ts';

const memberRow = z.object({ source: z.string(), resource: z.string(), date: z.string(), id: z.string() });

/** Who was in the newest snapshot of each dataset. */
const sql = `
select source, resource, date::varchar as date, member_id as id from snapshot_members
qualify date = max(date) over (partition by source, resource)
order by source, resource, rank`;

/** Reads the mapping of coins, and counts the coins of the newest snapshots that are in none. */
export async function checkCoins(open: Pick<OpenLake, 'index'>): Promise<Finding> {
  try {
    const coins = loadCoins();
    const contracts = loadContracts(join(projectFolder, 'contracts'));
    const ofCoins = [...contracts.values()].map(datasetOfBuild).filter(isOfCoins);
    const members = z.array(memberRow).parse(await open.index.rows(sql));
    return ok('coins', coinWords(coins, members, new Set(ofCoins.map(({ id }) => id))));
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const fix = 'mend contracts/coins.yaml; no warehouse is built before';
    return { check: 'coins', verdict: 'wrong', blame: 'configuration', found: error.message, fix };
  }
}

/** Says how many coins are mapped, and how many of each newest snapshot are not. */
export function coinWords(
  coins: readonly Coin[],
  members: readonly z.infer<typeof memberRow>[],
  datasets: ReadonlySet<DatasetId>,
): string {
  const known = new Set(coins.flatMap(({ ids }) => Object.entries(ids).map((pair) => pair.join(' '))));
  const days = new Map<string, { total: number; unmatched: number }>();
  for (const { source, resource, date, id } of members) {
    if (!datasets.has(`${source}.${resource}`)) continue;
    const day = `${source}.${resource} of ${date}`;
    const { total, unmatched } = days.get(day) ?? { total: 0, unmatched: 0 };
    days.set(day, { total: total + 1, unmatched: unmatched + (known.has(`${source} ${id}`) ? 0 : 1) });
  }
  const odd = [...days].filter(([, { unmatched }]) => unmatched > 0);
  const said = odd.map(([day, { total, unmatched }]) => `${unmatched} of the ${total} of ${day}`);
  const mapped = `${countOf(coins.length, 'coin')} mapped`;
  return said.length === 0
    ? mapped
    : `${mapped}; in no mapping are ${said.join(', ')}: see metadata.unmatched_coins`;
}
