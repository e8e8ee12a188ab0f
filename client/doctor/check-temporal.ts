import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { NobodyAnswers } from '../command/exit-code.ts';
import { connectLake, searchAttributes, type ConnectedLake, type OpenLake } from '../command/lake-client.ts';
import { pollersOf, queueType, type Queue } from '../command/pollers.ts';
import { meteredOf, usedSources } from '../quota/quota-left.ts';
import { inLake, mainQueue, quotaQueue, sourceQueue } from '../../workflows/pure/ids.ts';
import { ok, type Finding } from './finding.ts';

const answerWithinMs = 5_000;
const startIt = 'start it with npm start, or npx tsx worker/main.ts';

/** Looks for the server, its search attributes, and workers on every queue of the lake. */
export async function checkTemporal(open: OpenLake, now: Date): Promise<Finding[]> {
  try {
    const lake = await connectLake(open);
    return [
      await checkServer(lake),
      checkAttributes(lake),
      await checkWorkers(lake, now),
      ...(await checkAnswer(lake)),
    ];
  } catch (error) {
    if (!(error instanceof NobodyAnswers)) throw error;
    return [{ check: 'server', verdict: 'wrong', found: error.message }];
  }
}

async function checkServer({ client, namespace, settings, runtime }: ConnectedLake): Promise<Finding> {
  const address = settings.temporalAddress ?? runtime?.temporal.address ?? '';
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  try {
    await client.workflowService.describeNamespace({ namespace });
    return ok('server', `Temporal ${serverVersion} answers at ${address}, namespace ${namespace}`);
  } catch (error) {
    const found = `Temporal ${serverVersion} at ${address} has no namespace ${namespace} for us: ${error instanceof Error ? error.message : ''}`;
    const fix = 'set TEMPORAL_NAMESPACE to one that is there, or create it';
    return { check: 'server', verdict: 'wrong', blame: 'configuration', found, fix };
  }
}

function checkAttributes({ isSearchable, namespace }: ConnectedLake): Finding {
  if (isSearchable) return ok('attributes', 'lists in the Web UI can be filtered');
  const commands = `temporal operator search-attribute create --namespace ${namespace} ${searchAttributes
    .map((name) => `--name ${name} --type Keyword`)
    .join(' ')}`;
  return {
    check: 'attributes',
    verdict: 'warn',
    found: 'the server lacks ours, so its lists cannot be filtered',
    fix: commands,
  };
}

async function checkWorkers(lake: ConnectedLake, now: Date): Promise<Finding> {
  const { workflowTasks, activityTasks } = queueType;
  const queues: Queue[] = [
    { name: mainQueue(lake.lake.id), type: workflowTasks },
    ...usedSources(lake).map((source) => ({ name: sourceQueue(lake.lake.id, source), type: activityTasks })),
    ...(meteredOf(lake).length > 0 ? [{ name: quotaQueue, type: workflowTasks }] : []),
  ];
  const seen = await Promise.all(queues.map((queue) => pollersOf(lake, queue, now)));
  const lost = queues.filter((_, index) => seen[index]?.length === 0).map(({ name }) => name);
  if (lost.length === 0)
    return ok('worker', `one is at every queue: ${queues.map(({ name }) => name).join(', ')}`);
  return { check: 'worker', verdict: 'wrong', found: `nobody is at ${lost.join(', ')}`, fix: startIt };
}

/** A worker that died is listed for minutes; only an answer shows that one lives. Without any run nobody can be asked. */
async function checkAnswer(lake: ConnectedLake): Promise<Finding[]> {
  const handle = await anyWorkflow(lake);
  if (!handle) return [];
  const answered = handle.query('__temporal_workflow_metadata').then(
    () => true,
    () => false,
  );
  if (await Promise.race([answered, pause(answerWithinMs).then(() => false)]))
    return [ok('answer', 'a worker answers')];
  return [
    { check: 'answer', verdict: 'wrong', found: 'no worker answers within five seconds', fix: startIt },
  ];
}

const mostLooked = 200;

async function anyWorkflow({ client, lake }: ConnectedLake): Promise<WorkflowHandle | undefined> {
  let looked = 0;
  for await (const { workflowId, runId } of client.workflow.list({
    query: 'WorkflowType in ("backfill", "dailyRun")',
  })) {
    if (workflowId.startsWith(inLake(lake.id, ''))) return client.workflow.getHandle(workflowId, runId);
    if ((looked += 1) >= mostLooked) return undefined;
  }
  return undefined;
}
