import { Context } from '@temporalio/activity';
import { claimBatch, keepArrived, readArrived, readArrivedPages, type BatchPage } from '../lake/batches.ts';
import { refusedRawFile } from '../lake/layout.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Ask, PageRequest, RawAnswer, RawPage, Resource } from '../sources/source.ts';
import { splitDataset, utcDateOf, type DatasetId } from '../workflows/pure/cell.ts';
import type { WindowAsk } from '../workflows/pure/run.ts';
import { askedOn } from '../lake/asked-on.ts';
import { currentAttempt } from './attempt.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** One page to be fetched: the first of a batch, or the one that the page before it named. */
export interface FetchTask {
  /** The run that asks; for whoever watches. */
  readonly run: string;
  readonly dataset: DatasetId;
  readonly ask: WindowAsk;
  readonly batchId: string;
  readonly index: number;
  /** Path and query of a further page; absent on the first. */
  readonly target?: string;
}

/** What came, described. */
export interface FetchedPage {
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Path and query of the next page, where there is one. */
  readonly next?: string;
}

/**
 * Sends one HTTP request (so that a queue's limit counts real requests), reads the answer once to see that
 * it is data, and keeps its raw bytes. A page that arrived in an earlier attempt is not asked for again.
 */
export async function fetch(deps: ActivityDeps, task: FetchTask): Promise<FetchedPage> {
  const arrived = await readArrived(deps.store, task.batchId, task.index);
  if (arrived) return describe(arrived);
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  if (task.index === 0) await claimBatch(deps.store, task.batchId, { workflowId, workflowRunId });
  const { resource } = datasetParts(deps, task.dataset);
  const today = utcDateOf(deps.now().getTime());
  const ask = askedOn(task.ask, today);
  if (ask.kind === 'snapshot' && ask.date !== today) throw dayOver(task.dataset, ask.date, today);
  const request = task.target === undefined ? resource.firstPage(ask) : { target: task.target };
  try {
    return describe(await askOnce(deps, resource, task, ask, request));
  } catch (error) {
    await keepRefused(deps, task, error);
    throw error;
  }
}

async function askOnce(
  deps: ActivityDeps,
  resource: Resource,
  task: FetchTask,
  ask: Ask,
  request: PageRequest,
): Promise<BatchPage> {
  const access = {
    ...deps.accessTo(splitDataset(task.dataset).source),
    signal: Context.current().cancellationSignal,
  };
  const answer = await observed(deps, task, () => resource.send(request, access));
  const content = readOrRefuse(() => resource.readPage({ body: answer.body }, ask), answer.body);
  const next = content.next ?? (await nextPage(deps, resource, task, ask, { body: answer.body }));
  const page = {
    index: task.index,
    request,
    status: answer.status,
    contentType: answer.contentType,
    body: answer.body,
    rowCount: content.rowCount,
    ...(next ? { next } : {}),
    ...(content.badLines ? { badLines: content.badLines } : {}),
  };
  return keepArrived(deps.store, task.batchId, page, deps.now());
}

/** Whether a snapshot is whole only all its pages together tell. */
async function nextPage(
  { store }: ActivityDeps,
  resource: Resource,
  { batchId, index }: FetchTask,
  ask: Ask,
  page: RawPage,
): Promise<PageRequest | undefined> {
  if (!resource.nextPage) return undefined;
  return resource.nextPage([...(await readArrivedPages(store, batchId, index)), page], ask);
}

/** What a source tells today is no word on another day, whatever its answer is stamped with. */
function dayOver(dataset: DatasetId, date: string, today: string): SourceError {
  return new SourceError(
    'DayOver',
    `Taking the snapshot ${dataset} of ${date}: it is ${today} (UTC) by now, and how a past day stood cannot be asked for. ` +
      'The next daily run gives that day up, with this reason, and takes its own.',
  );
}

/** Tells how long the source took, and with which status it answered. */
async function observed(
  deps: ActivityDeps,
  task: FetchTask,
  send: () => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const { source } = splitDataset(task.dataset);
  const startedMs = performance.now();
  const tell = (status: number | null): void =>
    deps.observe({ kind: 'request', source, status, seconds: (performance.now() - startedMs) / 1000 });
  try {
    const answer = await send();
    tell(answer.status);
    return answer;
  } catch (error) {
    tell(error instanceof SourceError ? (error.facts.status ?? null) : null);
    throw error;
  }
}

/** A refused answer carries its bytes, so that a person can look at them. */
function readOrRefuse<T>(read: () => T, body: Uint8Array): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SourceError) || error.facts.body) throw error;
    throw new SourceError(error.code, error.message, { ...error.facts, body });
  }
}

async function keepRefused(deps: ActivityDeps, task: FetchTask, error: unknown): Promise<void> {
  if (!(error instanceof SourceError) || !error.facts.body) return;
  await deps.store.put(refusedRawFile(task.batchId, currentAttempt(deps.lake.id).id), error.facts.body);
}

function describe(page: BatchPage): FetchedPage {
  return {
    rowCount: page.rowCount,
    sizeBytes: page.sizeBytes,
    ...(page.next ? { next: page.next.target } : {}),
  };
}
