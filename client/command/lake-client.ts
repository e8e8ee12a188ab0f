import type { Client, Connection } from '@temporalio/client';
import { mkdir } from 'node:fs/promises';
import { openIdentity, type LakeIdentity } from '../../lake/identity.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { readRuntime, type Runtime } from '../../lake/runtime.ts';
import type { PlannedAsset } from '../../plan/due-cells.ts';
import { plannedAssets } from '../../plan/planned-assets.ts';
import { plannedSnapshots, type PlannedSnapshot } from '../../plan/planned-snapshots.ts';
import { configuredSecrets, loadSettings, temporalConnection, type Settings } from '../../settings.ts';
import { hiding } from '../../telemetry/hiding.ts';
import { openTraces } from '../../telemetry/traces.ts';
import { createSources } from '../../sources/index.ts';
import { sourceAccess } from '../../sources/source-access.ts';
import { NobodyAnswers } from './exit-code.ts';

/** The search attributes that our workflows bear; all Keyword. */
export const searchAttributes = ['Ticker', 'PartitionDate', 'Source', 'PartitionState', 'Run'] as const;

const connectTimeout = '5 seconds';

/** The lake as a command sees it: its files, its configuration, and no server. */
export interface OpenLake {
  readonly settings: Settings;
  readonly store: LocalStore;
  readonly lake: LakeIdentity;
  readonly index: LakeIndex;
  readonly runtime: Runtime | undefined;
  /** What planning knows of each configured asset. */
  readonly planned: (now: Date) => Promise<readonly PlannedAsset[]>;
  /** What planning knows of each configured snapshot. */
  readonly plannedSnapshots: () => readonly PlannedSnapshot[];
}

/** The lake with a Temporal client. */
export interface ConnectedLake extends OpenLake {
  readonly client: Client;
  readonly namespace: string;
  /** True where the server has our search attributes. */
  readonly isSearchable: boolean;
}

/** Opens the configured lake, making it where it is new. */
export async function openLake(settings: Settings = loadSettings()): Promise<OpenLake> {
  await mkdir(settings.lakeFolder, { recursive: true });
  const store = new LocalStore(settings.lakeFolder);
  const lake = await openIdentity(store, settings.market, new Date());
  const runtime = await readRuntime(store);
  const { assets, sources, csvFiles } = settings;
  const from = {
    assets,
    sources: createSources({ csvFiles }),
    settings: sources,
    csvFiles,
    accessTo: sourceAccess(settings, runtime?.marketUrl ?? null),
  };
  const planned = (now: Date): Promise<readonly PlannedAsset[]> => plannedAssets(from, now);
  return {
    settings,
    store,
    lake,
    index: new LakeIndex(store),
    runtime,
    planned,
    plannedSnapshots: () => plannedSnapshots(settings.snapshots, from.sources, sources),
  };
}

/**
 * Connects to the lake's Temporal server: TEMPORAL_ADDRESS, else where `npm start` wrote that it runs.
 * @throws NobodyAnswers where there is none, or none that answers within five seconds.
 */
export async function connectLake(open: OpenLake): Promise<ConnectedLake> {
  const address = open.settings.temporalAddress ?? open.runtime?.temporal.address;
  if (address === undefined) {
    throw new NobodyAnswers(
      `No Temporal server is known for the lake at ${open.settings.lakeFolder}. Start one with npm start, or set TEMPORAL_ADDRESS.`,
    );
  }
  const { connectionOptions, namespace = 'default' } = temporalConnection(address);
  // Loaded here: it takes a third of the time of a command, and many need no server.
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout }).catch(
    (error: unknown) => {
      const found = error instanceof Error ? error.message : String(error);
      throw new NobodyAnswers(
        `The Temporal server at ${address} does not answer (${found}). Start it with npm start, or set TEMPORAL_ADDRESS to one that runs.`,
      );
    },
  );
  const traces = await openTraces(open.settings.telemetry, () => ({
    service: 'marketlake-command',
    hide: hiding(configuredSecrets(open.settings)),
    complain: (sentence) => process.stderr.write(`${sentence}\n`),
  }));
  const client = new Client({ connection, namespace, ...(traces ? { interceptors: traces.client } : {}) });
  return { ...open, client, namespace, isSearchable: await isSearchable(connection, namespace) };
}

/** A server that will not tell is treated as one without our attributes: everything works but filtering. */
async function isSearchable(connection: Connection, namespace: string): Promise<boolean> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return searchAttributes.every(
      (name) => customAttributes?.[name] !== undefined && customAttributes[name] !== null,
    );
  } catch {
    return false;
  }
}
