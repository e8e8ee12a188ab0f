import type { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from '@temporalio/client';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivityDeps } from '../activities/deps.ts';
import { unobserved, type Observe } from '../activities/observation.ts';
import { loadContracts } from '../contracts/load.ts';
import { verifyContract } from '../contracts/verify.ts';
import { BatchCache } from '../lake/batch-cache.ts';
import { openFileReader } from '../lake/file-reader.ts';
import { openIdentity } from '../lake/identity.ts';
import { keepContract } from '../lake/kept-contracts.ts';
import { LakeIndex } from '../lake/lake-index.ts';
import { LocalStore } from '../lake/local-store.ts';
import { readRuntime } from '../lake/runtime.ts';
import { plannedAssets } from '../plan/planned-assets.ts';
import { plannedSnapshots } from '../plan/planned-snapshots.ts';
import { projectFolder, SettingsError, type Settings } from '../settings.ts';
import { createSources } from '../sources/index.ts';
import { quotaOf } from '../sources/quota.ts';
import { sourceAccess } from '../sources/source-access.ts';

/** Opens everything that activities work with. */
export async function openDeps(
  settings: Settings,
  client: Client,
  now: () => Date,
  observe: Observe = unobserved,
): Promise<ActivityDeps> {
  await mkdir(settings.lakeFolder, { recursive: true });
  const store = new LocalStore(settings.lakeFolder);
  const lake = await openIdentity(store, settings.market, now());
  const runtime = await readRuntime(store);
  const marketUrl = runtime?.marketUrl ?? null;
  const accessTo = sourceAccess(settings, marketUrl);
  const sources = createSources({ csvFiles: settings.csvFiles });
  const from = {
    assets: settings.assets,
    sources,
    settings: settings.sources,
    csvFiles: settings.csvFiles,
    accessTo,
  };
  // A snapshot that is none is noticed now, not by the first daily run.
  const snapshots = plannedSnapshots(settings.snapshots, sources, settings.sources);
  const auditor = await openFileReader({ threads: '2' });
  const contracts = loadContracts(join(projectFolder, 'contracts'));
  await verifyContracts(auditor, contracts);
  for (const contract of contracts.values()) await keepContract(store, contract, readFileSync(contract.file));
  return {
    lake,
    store,
    index: new LakeIndex(store),
    batches: new BatchCache(store),
    auditor,
    contracts,
    sources,
    assets: settings.assets,
    accessTo,
    quotaOf: (source) => quotaOf(settingsOf(settings, source)),
    areQueuesExact: settings.temporalAddress === undefined && (runtime?.temporal.pid ?? null) !== null,
    plannedAssets: () => plannedAssets(from, now()),
    plannedSnapshots: () => snapshots,
    relookAfterDays: settings.relook.afterDays,
    sqlFolder: join(projectFolder, 'sql'),
    alerts: alertsToTell(settings),
    client,
    now,
    observe,
  };
}

/** An alert that nobody could be told of is noticed now, not when it is needed. */
function alertsToTell({ alerts }: Settings): Settings['alerts'] {
  const silent = alerts?.webhooks.find(({ url }) => url === undefined);
  if (!silent) return alerts;
  throw new SettingsError(
    `The address of webhook ${silent.name} is not known: set ${silent.variable} or ${silent.variable}_FILE, or take it out of alerts.webhooks`,
  );
}

function settingsOf(settings: Settings, source: string): Settings['sources'][string] {
  const found = settings.sources[source];
  if (found) return found;
  throw new RangeError(`There is no source "${source}" in marketlake.yaml`);
}

/** A rule that DuckDB cannot run stops the worker here, not at the first candidate. */
async function verifyContracts(auditor: DuckDBInstance, contracts: ActivityDeps['contracts']): Promise<void> {
  const connection = await auditor.connect();
  try {
    for (const contract of contracts.values()) await verifyContract(connection, contract);
  } finally {
    connection.closeSync();
  }
}
