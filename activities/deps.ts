import type { Client } from '@temporalio/client';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { AlertSettings } from '../alerts/alert-settings.ts';
import type { Contract } from '../contracts/contract.ts';
import type { LakeIdentity } from '../lake/identity.ts';
import type { LakeIndex } from '../lake/lake-index.ts';
import type { LocalStore } from '../lake/local-store.ts';
import type { BatchCache } from '../lake/batch-cache.ts';
import type { PlannedAsset } from '../plan/due-cells.ts';
import type { PlannedSnapshot } from '../plan/planned-snapshots.ts';
import type { SourceQuota } from '../sources/quota.ts';
import type { Resource, Source, SourceAccess } from '../sources/source.ts';
import type { Asset } from '../settings.ts';
import { splitDataset, type DatasetId } from '../workflows/pure/cell.ts';
import type { Observe } from './observation.ts';

/** What the worker hands to the activities; nothing in here is opened by an activity itself. */
export interface ActivityDeps {
  readonly lake: LakeIdentity;
  readonly store: LocalStore;
  readonly index: LakeIndex;
  readonly batches: BatchCache;
  /** An in-memory DuckDB, the second reader that audits use. */
  readonly auditor: DuckDBInstance;
  readonly contracts: ReadonlyMap<DatasetId, Contract>;
  readonly sources: ReadonlyMap<string, Source>;
  readonly assets: readonly Asset[];
  readonly accessTo: (source: string) => SourceAccess;
  readonly quotaOf: (source: string) => SourceQuota;
  /** True on a server that we started: its queues have one partition, so that their limits are exact. */
  readonly areQueuesExact: boolean;
  readonly plannedAssets: () => Promise<readonly PlannedAsset[]>;
  /** The configured snapshots. */
  readonly plannedSnapshots: () => readonly PlannedSnapshot[];
  /** So many days after its day was final is a published cell looked at again; ascending, none: never. */
  readonly relookAfterDays: readonly number[];
  readonly sqlFolder: string;
  /** Who is told of what; null: nobody of anything. */
  readonly alerts: AlertSettings | null;
  readonly client: Client;
  readonly now: () => Date;
  /** Told what metrics and logs are made of. */
  readonly observe: Observe;
}

/**
 * Finds the resource and the contract of a dataset.
 * @throws RangeError where the configuration names a dataset that does not exist.
 */
export function datasetParts(
  deps: Pick<ActivityDeps, 'sources' | 'contracts'>,
  dataset: DatasetId,
): { resource: Resource; contract: Contract } {
  const parts = splitDataset(dataset);
  const resource = deps.sources.get(parts.source)?.resources[parts.resource];
  const contract = deps.contracts.get(dataset);
  if (resource && contract) return { resource, contract };
  const missing = resource ? 'a contract in contracts/' : 'a source in sources/';
  throw new RangeError(`Dataset ${dataset} has no ${missing}. Mend the asset's sources in marketlake.yaml.`);
}
