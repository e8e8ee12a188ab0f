import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { workflowWorkerOptions } from '../worker/run-worker.ts';
import { floorActivities } from './floor-activities.ts';

/** Runs the workers of the floor: one for workflows and disk steps, one for the source's queue. */
const [address = '', queue = '', sourceQueue = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
const connection = await NativeConnection.connect({ address });
const main = await Worker.create({
  connection,
  taskQueue: queue,
  activities: floorActivities,
  workflowsPath: fileURLToPath(new URL('./floor-workflows.ts', import.meta.url)),
  ...workflowWorkerOptions,
});
const fetcher = await Worker.create({
  connection,
  taskQueue: sourceQueue,
  activities: floorActivities,
  maxTaskQueueActivitiesPerSecond: 100,
});
process.on('SIGTERM', () => [main, fetcher].forEach((worker) => worker.shutdown()));
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
await Promise.all([main.run(), fetcher.run()]);
process.exit(0);
