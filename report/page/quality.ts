import { acceptedGlyph, glyphOf } from '../../workflows/pure/glyphs.ts';
import { workflowUrl, type WorkflowPlaces } from '../links.ts';
import { notableMost, type ReportData } from '../read/report-data.ts';
import { countOf, signedPct } from '../words/numbers.ts';
import { acceptedWords } from './grid.ts';
import { linkOr, markup, scrollingTable, type Markup } from './markup.ts';

/** What is wrong with the data, and what was found wrong and kept out. */
export function quality(data: ReportData, places: WorkflowPlaces): Markup {
  return markup`${troubles(data, places)}${failedRules(data)}${gaps(data)}${fallbacks(data)}${conflicts(data)}`;
}

function troubles(data: ReportData, places: WorkflowPlaces): Markup {
  if (data.notableCells.length === 0)
    return markup`<p>No cell is refused, failed, missing, given up, restated or accepted by a person.</p>`;
  const rows = data.notableCells.map(
    (cell) =>
      markup`<tr><th scope="row">${cell.ticker}</th><td>${cell.price_date}</td><td>${cell.is_accepted === true ? acceptedGlyph : glyphOf[cell.state]} ${cell.state}${cell.is_restated === true && ', restated'}${cell.is_accepted === true && `, ${acceptedWords(cell)}`}</td><td>${cell.reason ?? '–'}${cell.code && markup`<small>${cell.code}</small>`}</td><td class="id">${linkOr(workflowUrl(places, cell.workflow_id), cell.workflow_id ?? '–')}</td></tr>`,
  );
  const isCut = rows.length === notableMost;
  return markup`<details><summary>Cells that are refused, failed, missing, given up, restated or accepted by a person: ${isCut ? `the newest ${notableMost}` : rows.length}</summary>
${scrollingTable('Notable cells', ['Asset', 'Date', 'State', 'Reason', 'Workflow'], rows)}</details>`;
}

function failedRules(data: ReportData): Markup {
  if (data.failedRules.length === 0) return markup`<p>No rule of a contract has failed.</p>`;
  const rows = data.failedRules.map(
    (rule) =>
      markup`<tr><th scope="row">${rule.rule}</th><td>${rule.dataset}</td><td>${rule.severity}</td><td class="number">${rule.audits}</td><td>${rule.last_date}</td><td>${rule.example}</td></tr>`,
  );
  return markup`<details><summary>Rules that failed in an audit: ${rows.length}</summary><p class="soft">A failed rule of severity error keeps a cell out, unless a person accepts it; a warning does not.</p>
${scrollingTable('Failed rules', ['Rule', 'Dataset', 'Severity', 'Audits', 'Newest date', 'Example'], rows)}</details>`;
}

function gaps(data: ReportData): Markup {
  if (data.gaps.length === 0)
    return markup`<p>No open day lacks its price between the first and last of an asset.</p>`;
  const rows = data.gaps.map(
    (gap) =>
      markup`<tr><th scope="row">${gap.ticker}</th><td>${gap.first_missing_date}</td><td>${gap.last_missing_date}</td><td class="number">${gap.missing_open_days}</td><td>${gap.severity}</td></tr>`,
  );
  return markup`<details><summary>Gaps: ${rows.length === 50 ? 'the 50 longest' : rows.length}</summary>
${scrollingTable('Gaps', ['Asset', 'First missing', 'Last missing', 'Open days', 'Severity'], rows)}</details>`;
}

/** A price from another source than the reader expects is told in the open, not behind a fold. */
function fallbacks(data: ReportData): Markup {
  if (data.fallbacks.length === 0) return markup``;
  const words = data.fallbacks.map(
    ({ ticker, dataset, days, first_date, last_date }) =>
      `${ticker} on ${countOf(days, 'day')} from ${first_date} to ${last_date} (${dataset})`,
  );
  return markup`<p>Where the first source of an asset has no price, that of its next one is shown: ${words.join('; ')}.</p>`;
}

function conflicts(data: ReportData): Markup {
  if (data.conflicts.length === 0) return markup`<p>No asset has prices of two sources for one day.</p>`;
  const rows = data.conflicts.map(
    (row) =>
      markup`<tr><th scope="row">${row.ticker}</th><td>${row.chosen_dataset}<small>${row.chosen_fixing}</small></td><td>${row.other_dataset}<small>${row.other_fixing}</small></td><td class="number">${row.differing_days} of ${countOf(row.days, 'day')}<small>${row.intolerable_days} by more than ${row.tolerance_pct} %</small></td><td class="number">${signedPct(row.largest_pct, 3)}<small>${row.largest_date}</small></td></tr>`,
  );
  return markup`<details><summary>Assets with prices of two sources: ${rows.length}</summary><p class="soft">Closes of two fixings are of two instants, and differ though both are right.</p>
${scrollingTable('Source conflicts', ['Asset', 'In use', 'Other', 'Differs on', 'Largest difference'], rows)}</details>`;
}
