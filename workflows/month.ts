import { CancellationScope, isCancellation, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { boundedEach } from './bounded-each.ts';
import { monthPolicy } from './policies.ts';
import type { PartitionDate } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import type { MonthCells } from './pure/month.ts';
import { addTallies, emptyTally, type RunContext, type Tally } from './pure/run.ts';
import { endAlone } from './tell-alerts.ts';
import { runCell } from './run-cell.ts';
import { isWithoutRun } from './without-run.ts';

/** A month of one ticker to be brought into bronze. */
export interface MonthInput {
  readonly context: RunContext;
  readonly cells: MonthCells;
}

/** Those that cannot go on together, so many at once. */
const splitOffAtOnce = 4;

/**
 * Brings a ticker's month into bronze with the steps of a cell, each done for all its cells. A cell that cannot go on
 * is split off: it runs as a `partition` of its own, where it goes on, or fails red with its reason and is recorded;
 * the others do not wait for it. It completes with the tally of all.
 */
export async function month({ context, cells }: MonthInput): Promise<Tally> {
  const left = await publishTogether(context, cells);
  let tally: Tally = { ...emptyTally, published: cells.dates.length - left.length };
  const { dataset, ticker, symbol, batch, look } = cells;
  await boundedEach(
    left,
    () => splitOffAtOnce,
    async (date) => {
      const outcome = await runCell(context, { dataset, ticker, date, symbol }, batch, { look });
      tally = addTallies(tally, outcome);
    },
  );
  if (isWithoutRun()) await endAlone(context);
  return tally;
}

/** Does what can be done together, and answers which cells must go on by themselves. */
async function publishTogether(context: RunContext, cells: MonthCells): Promise<readonly PartitionDate[]> {
  try {
    const left = await writeAuditPublish(context, cells);
    if (left.length > 0) setCurrentDetails(`Split off, each into a cell of its own: ${left.join(', ')}`);
    return left;
  } catch (error) {
    if (isCancellation(error)) throw error;
    setCurrentDetails(`Every cell goes on by itself, since together they cannot: ${troubleOf(error).reason}`);
    return cells.dates;
  }
}

async function writeAuditPublish(context: RunContext, cells: MonthCells): Promise<readonly PartitionDate[]> {
  const { writeMonth, auditMonth, publishMonth } = together(context);
  const { dates: _dates, symbol, ...key } = cells;
  const written = await writeMonth(cells);
  if (written.candidates.length === 0) return written.left;
  const audited = await auditMonth(context, { ...key, candidates: written.candidates });
  const refused = new Set(audited.left);
  const left = [...written.left, ...audited.left];
  const candidates = written.candidates.filter(({ date }) => !refused.has(date));
  if (candidates.length === 0) return left;
  const { contractVersion, file } = audited;
  const task = { ...key, symbol, candidates, contractVersion, audit: file };
  const published = await CancellationScope.nonCancellable(() => publishMonth(context, task));
  return [...left, ...published.left];
}

function together(context: RunContext): Pick<Activities, 'writeMonth' | 'auditMonth' | 'publishMonth'> {
  return proxyActivities<Activities>(monthPolicy(context.options.patienceSeconds));
}
