import { CancellationScope, isCancellation, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { boundedEach } from './bounded-each.ts';
import { monthPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import { apart, cellOfMany, type ManyCells, type OwnKey } from './pure/many.ts';
import { addTallies, emptyTally, type RunContext, type Tally } from './pure/run.ts';
import { endAlone } from './tell-alerts.ts';
import { runCell } from './run-cell.ts';
import { isWithoutRun } from './without-run.ts';

/** Many cells of one batch to be brought into bronze. */
export interface ManyInput {
  readonly context: RunContext;
  readonly cells: ManyCells;
}

/** Those that cannot go on together, so many at once. */
const splitOffAtOnce = 4;

/**
 * Brings many cells into bronze with the steps of a cell, each done for all of them. A cell that cannot go on is split
 * off: it runs as a `partition` of its own, where it goes on, or fails red with its reason and is recorded; the others
 * do not wait for it. It completes with the tally of all.
 */
export async function bringTogether({ context, cells }: ManyInput): Promise<Tally> {
  const { key, ones } = apart(cells);
  const left = new Set(await publishTogether(context, cells));
  const look = 'look' in key ? key.look : undefined;
  let tally: Tally = { ...emptyTally, published: ones.length - left.size };
  await boundedEach(
    ones.filter(({ own }) => left.has(own)),
    () => splitOffAtOnce,
    async ({ own, symbol }) => {
      const outcome = await runCell(context, { ...cellOfMany(key, own), symbol }, key.batch, { look });
      tally = addTallies(tally, outcome);
    },
  );
  if (isWithoutRun()) await endAlone(context);
  return tally;
}

/** Does what can be done together, and answers which cells must go on by themselves. */
async function publishTogether(context: RunContext, cells: ManyCells): Promise<readonly OwnKey[]> {
  try {
    const left = await writeAuditPublish(context, cells);
    if (left.length > 0) setCurrentDetails(`Split off, each into a cell of its own: ${left.join(', ')}`);
    return left;
  } catch (error) {
    if (isCancellation(error)) throw error;
    setCurrentDetails(`Every cell goes on by itself, since together they cannot: ${troubleOf(error).reason}`);
    return apart(cells).ones.map(({ own }) => own);
  }
}

async function writeAuditPublish(context: RunContext, cells: ManyCells): Promise<readonly OwnKey[]> {
  const { writeMany, auditMany, publishMany } = stepsOf(context);
  const { key } = apart(cells);
  const written = await writeMany(cells);
  if (written.candidates.length === 0) return written.left;
  const audited = await auditMany(context, { ...key, candidates: written.candidates });
  const refused = new Set(audited.left);
  const left = [...written.left, ...audited.left];
  const candidates = written.candidates.filter(({ own }) => !refused.has(own));
  if (candidates.length === 0) return left;
  const { contractVersion, file } = audited;
  const task = { ...key, candidates, contractVersion, audit: file };
  const published = await CancellationScope.nonCancellable(() => publishMany(context, task));
  return [...left, ...published.left];
}

function stepsOf(context: RunContext): Pick<Activities, 'writeMany' | 'auditMany' | 'publishMany'> {
  return proxyActivities<Activities>(monthPolicy(context.options.patienceSeconds));
}
