import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { isMetered, quotaOf } from '../../sources/quota.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import { quotaId, quotaQueue } from '../../workflows/pure/ids.ts';
import { quotaLeft as leftOf, type QuotaLeft } from '../../workflows/pure/quota/left.ts';
import { emptyLedger, type QuotaLimits } from '../../workflows/pure/quota/ledger.ts';
import { NobodyAnswers } from '../command/exit-code.ts';
import { sourcesAsked } from '../command/sources-asked.ts';
import type { ConnectedLake, OpenLake } from '../command/lake-client.ts';

const answerWithinMs = 5_000;

/** How the quotas of one source stand. */
export interface SourceLeft extends QuotaLeft {
  readonly source: string;
  /** The key's name in the ledger's id; `keyless` where there is no key. */
  readonly keyName: string;
}

/** The sources that the lake's runs may ask, for assets and snapshots, each once. */
export function usedSources({ settings }: OpenLake): string[] {
  const ofSnapshots = settings.snapshots.map(({ dataset }) => splitDataset(dataset).source);
  return [...new Set([...sourcesAsked(settings), ...ofSnapshots])];
}

/** Those of them whose requests a ledger counts. */
export function meteredOf(open: OpenLake): string[] {
  const { settings } = open;
  return usedSources(open).filter((name) => {
    const source = settings.sources[name];
    return source !== undefined && isMetered(settings.market, source);
  });
}

/**
 * Asks the ledger of a source's key what is used and left, by the limits configured now; undefined for a source whose
 * requests are not counted. A key that nobody has used yet has everything left.
 * @throws NobodyAnswers where no worker answers for the ledger within five seconds.
 */
export async function quotaLeft(
  lake: ConnectedLake,
  source: string,
  now: Date = new Date(),
): Promise<SourceLeft | undefined> {
  const settings = lake.settings.sources[source];
  if (!settings || !isMetered(lake.settings.market, settings)) return undefined;
  const { keyName, limits } = quotaOf(settings);
  const left = await Promise.race([
    askLedger(lake, quotaId(source, keyName), limits, now),
    pause(answerWithinMs, undefined, { ref: false }),
  ]);
  if (left) return { source, keyName, ...left };
  throw new NobodyAnswers(
    `No worker answers for the ledger of ${source} on task queue ${quotaQueue} within five seconds. Its counts are safe; start a worker with npm start, or npx tsx worker/main.ts.`,
  );
}

async function askLedger(
  { client }: ConnectedLake,
  id: string,
  limits: QuotaLimits,
  now: Date,
): Promise<QuotaLeft | undefined> {
  try {
    const handle = client.workflow.getHandle(id);
    return await handle.query<QuotaLeft, [number, QuotaLimits]>('left', now.getTime(), limits);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return leftOf(emptyLedger, now.getTime(), limits);
    // A worker that has just gone answers a query with an error; the caller says that nobody answers.
    return undefined;
  }
}
