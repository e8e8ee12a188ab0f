import { cellStates } from '../../workflows/pure/cell.ts';
import { acceptedGlyph, glyphOf } from '../../workflows/pure/glyphs.ts';
import { workflowUrl, type WorkflowPlaces } from '../links.ts';
import type { CellOfReport, ReportData } from '../read/report-data.ts';
import type { RunningIds } from '../read/with-running.ts';
import { countOf } from '../words/numbers.ts';
import { markup, scrollingTable, type Markup } from './markup.ts';

/**
 * The grid of dates and tickers. The newest days have a link each; all others stand as characters by month, a
 * character a cell, so that the page grows by three bytes a cell.
 */
export function grid(data: ReportData, places: WorkflowPlaces, running?: RunningIds): Markup {
  if (data.states.length === 0) return markup`<p>No cell is known yet.</p>`;
  return markup`${legend(data)}${runningWords(running)}${recent(data.recentCells, places)}${years(data)}`;
}

/** Everything else on the grid is in the records; what runs is not, so it is said who was asked. */
function runningWords(running: RunningIds | undefined): Markup | false {
  if (running === undefined) return false;
  return running === null
    ? markup`<p class="soft">What is running is not known: no Temporal server answered when this was written.</p>`
    : markup`<p class="soft">What was running when this was written was asked of Temporal: ${countOf(running.length, 'cell')}.</p>`;
}

/** What each character means, with how many cells there are. */
function legend(data: ReportData): Markup {
  const counts = new Map(data.states.map(({ state, cells }) => [state, cells]));
  const entries = cellStates
    .filter((state) => state !== 'running' || counts.has(state))
    .map(
      (state) =>
        markup`<li>${glyphOf[state]} ${(counts.get(state) ?? 0).toLocaleString('en-US')} ${state}</li>`,
    );
  const accepted = data.states.reduce((sum, state) => sum + state.accepted, 0);
  const mark =
    accepted === 0
      ? []
      : [markup`<li>${acceptedGlyph} ${accepted.toLocaleString('en-US')} of them accepted by a person</li>`];
  return markup`<ul class="legend">${[...entries, ...mark]}</ul>`;
}

function recent(cells: readonly CellOfReport[], places: WorkflowPlaces): Markup {
  const tickers = [...new Set(cells.map(({ ticker }) => ticker))];
  const dates = [...new Set(cells.map((cell) => cell.price_date))];
  const found = new Map(cells.map((cell) => [`${cell.price_date} ${cell.ticker}`, cell]));
  const rows = dates.map(
    (date) =>
      markup`<tr><th scope="row">${date} ${weekday(date)}</th>${tickers.map((ticker) => square(found.get(`${date} ${ticker}`), places))}</tr>`,
  );
  const head = tickers.map((ticker) => markup`${ticker}`);
  return scrollingTable(
    `State of each cell, newest ${countOf(dates.length, 'day')}`,
    ['Date', ...head],
    rows,
    'glyph',
  );
}

function square(cell: CellOfReport | undefined, places: WorkflowPlaces): Markup {
  if (cell === undefined) return markup`<td></td>`;
  const words = [
    `${cell.ticker} ${cell.price_date} ${cell.state}`,
    cell.is_restated && 'restated',
    cell.is_accepted && acceptedWords(cell),
    cell.reason,
  ]
    .filter(Boolean)
    .join(': ');
  const isBad = ['refused', 'failed', 'missing'].includes(cell.state);
  const url = workflowUrl(places, cell.workflow_id);
  const state = cell.is_accepted === true ? acceptedGlyph : glyphOf[cell.state];
  const glyph = `${state}${cell.is_restated === true ? '²' : ''}`;
  const inside =
    url === null
      ? markup`<span role="img" aria-label="${words}" title="${words}">${glyph}</span>`
      : markup`<a href="${url}" aria-label="${words}" title="${words}">${glyph}</a>`;
  return isBad ? markup`<td class="bad">${inside}</td>` : markup`<td>${inside}</td>`;
}

/** Says that a person let a cell through, and for how long. */
export function acceptedWords(cell: CellOfReport): string {
  return `accepted by a person ${cell.accepted_until === null ? 'for good' : `until ${cell.accepted_until}`}`;
}

/** All months, a closed box a year: an open page shows the newest days only. */
function years(data: ReportData): Markup {
  const byYear = groupBy(data.months, (row) => row.month.slice(0, 4));
  return markup`${[...byYear].map(
    ([year, rows]) =>
      markup`<details><summary>All cells of ${year}</summary><div class="months">${[
        ...groupBy(rows, (row) => row.month),
      ].map(([month, lines]) => monthBlock(month, lines))}</div></details>`,
  )}`;
}

function monthBlock(month: string, lines: ReportData['months']): Markup {
  const width = Math.max(7, ...lines.map(({ ticker }) => ticker.length)) + 1;
  const days = Array.from({ length: 31 }, (_, index) => String(index + 1));
  const tens = days.map((day) => (day.endsWith('0') ? day[0] : ' ')).join('');
  const ones = days.map((day) => day.at(-1)).join('');
  const head = `${month.padEnd(width)}${tens}\n${' '.repeat(width)}${ones}`;
  const rows = lines.map(({ ticker, glyphs }) => `${ticker.padEnd(width)}${glyphs}`);
  return markup`<pre tabindex="0" role="img" aria-label="${monthWords(month, lines)}">${[head, ...rows].join('\n')}</pre>`;
}

/** Says how many cells of a month are in which state: a reader cannot hear a picture of characters. */
function monthWords(month: string, lines: ReportData['months']): string {
  const all = lines.map(({ glyphs }) => glyphs).join('');
  const counts = cellStates
    .map((state) => ({ state: String(state), count: all.split(glyphOf[state]).length - 1 }))
    .concat({ state: 'accepted by a person', count: all.split(acceptedGlyph).length - 1 })
    .filter(({ count }) => count > 0);
  return `${month}: ${counts.map(({ state, count }) => `${count} ${state}`).join(', ')}`;
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function weekday(date: string): string {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' });
}
