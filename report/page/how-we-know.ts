import { workflowUrl, type WorkflowPlaces } from '../links.ts';
import type { ReportData } from '../read/report-data.ts';
import { countOf, instant } from '../words/numbers.ts';
import { linkOr, markup, scrollingTable, type Markup } from './markup.ts';

/** How the page knows what it says: build, sources, audits, runs, and when currencies are fixed. */
export function howWeKnow(data: ReportData, places: WorkflowPlaces, asOf: string | null): Markup {
  return markup`${facts(data, places, asOf)}${sources(data)}${currencies(data)}${runs(data, places)}${absent(data)}`;
}

function facts(data: ReportData, places: WorkflowPlaces, asOf: string | null): Markup {
  const { build } = data;
  if (build === null) return markup`<p>This warehouse does not say how it was built.</p>`;
  const lastDate = data.assets
    .map((asset) => asset.last_date ?? '')
    .sort()
    .at(-1);
  const restated = data.states.reduce((sum, { restated: cells }) => sum + cells, 0);
  return markup`<dl class="facts"><dt>Last day of the data</dt><dd>${lastDate || 'none'}</dd>
<dt>As of</dt><dd>${asOf === null ? `${instant(build.last_recorded_at)} (the newest record)` : `${asOf}, as the lake was known then`}</dd>
<dt>Rebuild</dt><dd><span class="id">${build.fingerprint.slice(0, 12)}</span> at ${instant(build.built_at)} by <span class="id">${linkOr(workflowUrl(places, build.run), build.run)}</span></dd>
<dt>Published</dt><dd>${countOf(build.published_cells, 'cell')}, ${restated} restated</dd>
<dt>Audits</dt><dd>${auditWords(data)}</dd>
<dt>Not published</dt><dd>${stateWords(data)}</dd></dl>`;
}

function auditWords(data: ReportData): string {
  const words: Readonly<Record<string, string>> = { failed: 'refused' };
  const counts = data.audits.map(
    ({ outcome, audits }) => `${audits.toLocaleString('en-US')} ${words[outcome] ?? outcome}`,
  );
  return counts.join(', ') || 'none yet';
}

function stateWords(data: ReportData): string {
  const counts = new Map(data.states.map(({ state, cells }) => [state, cells]));
  return ['refused', 'failed', 'missing', 'skipped', 'waiting']
    .map((state) => `${(counts.get(state) ?? 0).toLocaleString('en-US')} ${state}`)
    .join(', ');
}

function sources(data: ReportData): Markup {
  if (data.sources.length === 0) return markup`<p>No source has given anything yet.</p>`;
  const rows = data.sources.map(
    (row) =>
      markup`<tr><th scope="row">${row.dataset}</th><td>${row.tickers}</td><td class="number">${row.cells.toLocaleString('en-US')}</td><td class="number">${row.batches}</td><td>${row.contract_versions}</td><td>${instant(row.first_fetched_at)} to ${instant(row.last_fetched_at)}</td></tr>`,
  );
  return markup`<h3>Sources</h3>${scrollingTable('Sources', ['Dataset', 'Assets', 'Cells', 'Batches', 'Contract', 'Fetched'], rows)}`;
}

function currencies(data: ReportData): Markup {
  const rows = data.assets
    .filter((asset) => asset.class === 'fx')
    .map(
      (asset) =>
        markup`<li>${asset.ticker}: ${asset.dataset}, calendar ${asset.calendar} (${asset.fixing ?? 'nobody says when it is fixed'})</li>`,
    );
  if (rows.length === 0) return markup`<p>No currency is configured: prices stay in their own.</p>`;
  return markup`<h3>When the currencies are fixed</h3><ul>${rows}</ul><p class="soft">A close in another currency is converted at the newest rate of its day or of the seven before it.</p>`;
}

function runs(data: ReportData, places: WorkflowPlaces): Markup {
  if (data.runs.length === 0) return markup``;
  const rows = data.runs.map(
    (run) =>
      markup`<tr><th scope="row" class="id">${linkOr(workflowUrl(places, run.run, run.workflow_run_id), run.run)}</th><td>${run.status}</td><td>${instant(run.started_at)}</td><td>${run.ended_at === null ? '–' : instant(run.ended_at)}</td></tr>`,
  );
  return markup`<h3>Newest runs</h3>${scrollingTable('Newest runs', ['Run', 'Status', 'Started', 'Ended'], rows)}`;
}

function absent(data: ReportData): Markup {
  if (data.absentTables.length === 0) return markup``;
  return markup`<p class="bad">This warehouse lacks ${data.absentTables.join(', ')}: what would be read from there is left out.</p>`;
}
