import { workflowPlaces } from '../command/workflow-places.ts';
import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { areSettled, type CellStanding } from '../run/cells-of-request.ts';
import { checkedDate, checkTicker } from '../run/run-request.ts';
import { standingsOf } from '../status/standings.ts';
import { WrongUse } from '../command/exit-code.ts';
import { everySource, type PlannedAsset } from '../../plan/due-cells.ts';
import { knownCell } from '../../plan/memory.ts';
import { readStory, type CellStory } from './cell-story.ts';
import { datasetsKnowing } from './indexed-notes.ts';
import { nextSteps, type CellRole, type NextStep } from './next-steps.ts';
import { whoKnowsRunning, type RunningCell } from './now-running.ts';
import { clock, storyLines } from './story-lines.ts';
import { workflowUrl } from '../../report/links.ts';
import { wrapped } from './wrapped.ts';

/** A story with what of it runs now. */
interface Told extends CellStory {
  readonly running: RunningCell | null;
  readonly nextSteps: readonly NextStep[];
  /** What its dataset is to its asset. */
  readonly role: CellRole;
}

/**
 * Tells the whole story of one cell, in every dataset that knows its ticker: what was asked, how it was judged, what
 * was published and replaced, who did it, and what to do next. It is read from the lake; only what runs now is
 * asked of Temporal.
 * @throws WrongUse for what is no cell of this lake.
 */
export async function showWhy(
  output: Output,
  open: OpenLake,
  words: readonly string[],
  now: Date,
): Promise<ExitCode> {
  const standings = await cellsNamed(open, words, now);
  const running = await whoKnowsRunning(open);
  const configured = everySource(await open.planned(now));
  const snapshots = new Set(open.plannedSnapshots().map(({ dataset }) => dataset));
  const told: Told[] = [];
  for (const found of standings) {
    const runs = running.isKnown ? await running.of(found) : null;
    const standing =
      runs !== null && found.state !== 'waiting' ? { ...found, state: 'running' as const } : found;
    const role = snapshots.has(found.dataset) ? 'snapshot' : roleOf(found, configured);
    const steps = nextSteps(standing, role);
    told.push({ ...(await readStory(open, standing)), role, running: runs, nextSteps: steps });
  }
  for (const story of told) sayStory(output, open, story);
  if (!running.isKnown)
    for (const line of wrapped(`Whether it runs now is not known: ${running.reason}`, output.width))
      output.say(line);
  output.json({ lake: open.lake.id, isRunningKnown: running.isKnown, root: open.store.root, cells: told });
  return areSettled(told.map(({ standing }) => standing)) ? exitCode.good : exitCode.cellsMissing;
}

/** Finds the cells of a day and ticker: the configured one, and those of other datasets that the lake knows. */
async function cellsNamed(open: OpenLake, words: readonly string[], now: Date): Promise<CellStanding[]> {
  const [day, ticker] = words;
  if (words.length !== 2 || day === undefined || ticker === undefined)
    throw new WrongUse('--why takes a day and a ticker, such as --why 2026-11-19 AAPL.');
  const date = checkedDate('--why', day, now);
  const known = await datasetsKnowing(open.index, ticker, date);
  if (known.length === 0) checkTicker(ticker, open);
  const isConfigured = open.settings.assets.some((asset) => asset.ticker === ticker);
  const range = { from: date, to: date, tickers: [ticker] };
  const own = isConfigured ? await standingsOf(open, range, now) : [];
  const others = known.filter((dataset) => own.every((standing) => standing.dataset !== dataset));
  const remembered = await Promise.all(
    others.map(async (dataset) => {
      const {
        state = 'missing',
        code,
        reason,
      } = (await knownCell(open.index, { dataset, ticker, date })) ?? {};
      return { dataset, ticker, date, state, ...(code ? { code } : {}), ...(reason ? { reason } : {}) };
    }),
  );
  return [...own, ...remembered];
}

function roleOf({ dataset, ticker }: CellStanding, configured: readonly PlannedAsset[]): CellRole {
  const place = configured
    .filter((asset) => asset.ticker === ticker)
    .findIndex((asset) => asset.dataset === dataset);
  return place < 0 ? 'none' : place === 0 ? 'first' : 'fallback';
}

function sayStory(output: Output, open: OpenLake, story: Told): void {
  const { ticker, date, dataset } = story.cell;
  const { state, code, reason } = story.standing;
  const places = workflowPlaces(open);
  const say = (text: string, indent = 0): void => {
    for (const line of wrapped(text, output.width, indent)) output.say(line);
  };
  say(`${ticker} ${date} (${dataset}): ${state}${code ? ` (${code})` : ''}`);
  if (reason && ['closed', 'skipped', 'waiting'].includes(state)) say(reason, 2);
  if (story.standing.fallback)
    say(`Meanwhile its day has the price of ${story.standing.fallback}, a fallback.`, 2);
  if (story.role === 'fallback') say('A fallback: its price counts where no source before it has one.', 2);
  output.say();
  for (const line of storyLines(story, places)) {
    say(`${clock(line.at)}  ${line.title}`);
    for (const fact of line.facts) say(fact, 4);
  }
  for (const folder of story.absentBatches) say(`a batch that is named and not there: ${folder}`);
  if (storyLines(story, places).length === 0) say('Nothing was ever recorded of it.');
  if (story.running) sayRunning(say, story.running, workflowUrl(places, story.running.workflowId));
  output.say();
  say('What to do');
  for (const { words, command } of story.nextSteps) {
    say(words, 2);
    if (command !== undefined) output.say(`    ${command}`);
  }
  output.say(`Files lie below ${open.store.root}`);
  if (open.lake.market === 'sample')
    output.say('These prices are synthetic: they come from the sample market.');
  output.say();
}

function sayRunning(
  say: (text: string, indent?: number) => void,
  { startedAt, steps, workflowId }: RunningCell,
  url: string | null,
): void {
  say(`now: its workflow runs since ${clock(startedAt)}`);
  for (const { name, attempt, lastFailure } of steps)
    say(
      `${name}, attempt ${attempt}${lastFailure === null ? '' : `; the one before failed: ${lastFailure}`}`,
      4,
    );
  say(`workflow ${workflowId}`, 4);
  if (url !== null) say(url, 4);
}
