import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { ContractError } from '../contracts/contract-error.ts';
import { LakeError } from '../lake/lake-error.ts';
import { recoverBronze } from '../lake/recover-bronze.ts';
import { recoverRemains } from '../lake/recover.ts';
import type { Recovered, RecoveryHelp } from '../lake/recovery.ts';
import { openProofLake } from '../proof/proof-lake.ts';
import { restoreCell } from '../proof/restore-cell.ts';
import { readRuntime } from '../lake/runtime.ts';
import { LocalStore } from '../lake/local-store.ts';
import { loadSettings, SettingsError, temporalConnection } from '../settings.ts';
import { openExecutions } from './open-executions.ts';
import { openDeps } from './open-deps.ts';
import type { Log } from '../telemetry/log.ts';
import { openTelemetry } from './open-telemetry.ts';
import { runWorker, type RunningWorker } from './run-worker.ts';

/** Runs a worker for one lake until it is told to stop, or until the process that started it is gone. */
async function main(): Promise<void> {
  const settings = loadSettings();
  const telemetry = await openTelemetry(settings);
  const { log } = telemetry;
  const runtime = await readRuntime(new LocalStore(settings.lakeFolder));
  const { connectionOptions, namespace } = temporalConnection(
    settings.temporalAddress ?? runtime?.temporal.address,
  );
  const connection = await NativeConnection.connect(connectionOptions);
  const client = new Client({
    connection: await Connection.connect(connectionOptions),
    namespace: namespace ?? 'default',
  });
  const deps = await openDeps(settings, client, () => new Date(), telemetry.observe);
  const proofLake = openProofLake(deps.store, deps.sources);
  const help: RecoveryHelp = {
    isOpen: openExecutions(client, deps.lake.id),
    restore: (cell) => restoreCell(proofLake, cell),
    now: deps.now,
  };
  tellRecovered(log, await recoverRemains(deps.store, help));
  telemetry.watchLake(deps);
  const worker = await runWorker(settings, deps, connection, namespace ?? 'default', telemetry.watched);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => worker.stop());
  process.on('disconnect', () => worker.stop());
  const sayReady = async (): Promise<void> => {
    // Reading all of bronze takes longer the more is published: whoever waits for a cell does not wait for that.
    tellRecovered(log, await recoverBronze(deps.store, deps.index, help));
    log.info({ lake: deps.lake.id }, `worker ready for lake ${deps.lake.id}`);
    process.send?.('ready');
  };
  try {
    await Promise.race([worker.ended, sayReady().then(() => worker.ended, endedBy(worker))]);
  } finally {
    await connection.close();
    await telemetry.stop();
    log.info('worker stopped');
  }
}

function tellRecovered(log: Log, recovered: Partial<Recovered>): void {
  for (const [what, names] of Object.entries(recovered)) {
    if (names.length > 0) log.info({ names: names.slice(0, 5) }, `recovery: ${what} ${names.length}`);
  }
}

/** Ends a worker that is at work already, in order, and passes on why. */
function endedBy(worker: RunningWorker): (error: unknown) => Promise<never> {
  return async (error) => {
    worker.stop();
    await worker.ended;
    throw error;
  };
}

/** Ends with 2 where the configuration is wrong, as the commands do. */
function isWrongUse(error: unknown): boolean {
  const isOtherMarket = error instanceof LakeError && error.code === 'LakeMismatch';
  return isOtherMarket || error instanceof SettingsError || error instanceof ContractError;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(isWrongUse(error) ? 2 : 3);
  },
);
