import { quotaWaitSentence, type QuotaWait } from './quota/wait.ts';
import { plannedCount, settledCount, type RunProgress, type Tally } from './run.ts';
import type { Paused } from './steering.ts';

/** An open window as the details of its run list it. */
export interface ListedWindow {
  readonly name: string;
  readonly cellCount: number;
  /** How many of its cells may run at once. */
  readonly share: number;
}

const windowsListed = 8;
const actsListed = 3;

/** What the Web UI shows of a run while it is open: state, counts, open windows, what was done and can be done. */
export function runDetails(
  run: string,
  progress: RunProgress,
  windows: readonly ListedWindow[],
  refused: string | null,
): string {
  const { paused, acts } = progress.steering;
  return [
    `**${run}**: **${paused ? 'paused' : stepWords[progress.step]}**`,
    paused
      ? `Paused since ${paused.since} ${whoWords(paused)}. Nothing new begins; what is in flight ends in order.`
      : '',
    countsLine(progress),
    progress.quotaWait ? `It ${quotaWaitSentence(progress.quotaWait)}, and then goes on by itself.` : '',
    windowTable(windows),
    acts
      .slice(-actsListed)
      .map(({ at, words }) => `- ${at}: ${oneLine(words)}`)
      .join('\n'),
    refused === null ? '' : `Not understood: ${oneLine(refused)}`,
    remedies(paused !== null),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Short lines: the Web UI cuts off what wraps at the end. */
function remedies(isPaused: boolean): string {
  return [
    `- Here: *Send a Signal*: ${isPaused ? 'resume' : 'pause'}, concurrency, add, drop, skip`,
    '- In a terminal: `npx tsx client/steer.ts --help`',
  ].join('\n');
}

const stepWords: Readonly<Record<RunProgress['step'], string>> = {
  planning: 'planning',
  cells: 'running',
  model: 'rebuilding the warehouse',
  ended: 'ended',
};

/** `by NAME: reason`. */
export function whoWords({ by, reason }: Paused): string {
  return oneLine(`by ${by}${reason === null ? '' : `: ${reason}`}`);
}

function countsLine({ summary, tally, steering }: RunProgress): string {
  if (!summary) return '';
  const total = plannedCount(summary);
  return `${settledCount(tally)} of ${total} cells are in windows that ended (${tallyWords(tally)}); ${steering.cellsAtOnce} at once.`;
}

/** `117 published, 2 refused`: only what there is. */
export function tallyWords(tally: Tally): string {
  const counts = ['published', 'waiting', 'refused', 'failed', 'skipped', 'dropped'] as const;
  const told = counts.filter((state) => tally[state] > 0).map((state) => `${tally[state]} ${state}`);
  return told.length === 0 ? 'none yet' : told.join(', ');
}

function windowTable(windows: readonly ListedWindow[]): string {
  if (windows.length === 0) return '';
  const rows = windows
    .slice(0, windowsListed)
    .map(({ name, cellCount, share }) => `| ${name} | ${cellCount} | ${share} |`);
  const more = windows.length > windowsListed ? `\n\nand ${windows.length - windowsListed} more` : '';
  return `| open window | cells | at once |\n|---|---|---|\n${rows.join('\n')}${more}`;
}

/** What the Web UI shows of a window while it is open. */
export function windowDetails(
  name: string,
  stands: {
    readonly tally: Tally;
    readonly cellCount: number;
    readonly share: number;
    readonly step: string;
    readonly quotaWait: QuotaWait | null;
  },
): string {
  const { tally, cellCount, share, step, quotaWait } = stands;
  const held = share === 0 ? ' Its run holds it: nothing new begins.' : '';
  const waits = quotaWait ? ` It ${quotaWaitSentence(quotaWait)}, and then goes on by itself.` : '';
  return `**${name}**: **${share === 0 ? 'held' : step}**\n\n${settledCount(tally)} of ${cellCount} cells done (${tallyWords(tally)}); ${share} at once.${held}${waits}`;
}

/** A person's words must not end a list, a table or a paragraph. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
