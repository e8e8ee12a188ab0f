import type { WorkflowPlaces } from '../links.ts';
import { workflowUrl } from '../links.ts';
import type { AssetOfReport, Lineage, Performance, ReportData } from '../read/report-data.ts';
import { isShort, yearOf } from '../words/headline.ts';
import { arrow, instant, price, share, signedPct } from '../words/numbers.ts';
import { restatementWords } from '../words/restatement-words.ts';
import { linkOr, markup, scrollingTable, type Markup } from './markup.ts';

/** One tile an asset: where it stands, and why each of its numbers is what it is. */
export function tiles(data: ReportData, places: WorkflowPlaces): Markup {
  const lineage = new Map(data.lineage.map((row) => [`${row.ticker} ${row.price_date}`, row]));
  return markup`<div class="tiles">${data.assets.map((asset) => tile(asset, data, lineage, places))}</div>`;
}

/** The id by which the table of returns leads to a tile. */
export function tileId(ticker: string): string {
  return `asset-${encodeURIComponent(ticker).replaceAll('%', '_')}`;
}

type LineageOf = ReadonlyMap<string, Lineage>;

function tile(asset: AssetOfReport, data: ReportData, lineage: LineageOf, places: WorkflowPlaces): Markup {
  const name = markup`<h3>${asset.ticker} <span class="soft">${asset.class}</span></h3>`;
  const id = tileId(asset.ticker);
  if (asset.close === null || asset.last_date === null)
    return markup`<article class="tile" id="${id}">${name}<p>No price has been published yet.</p></article>`;
  const own = data.performance.filter((row) => row.ticker === asset.ticker);
  return markup`<article class="tile" id="${id}">${name}
<div class="close">${price(asset.close)} <span class="soft">${asset.currency ?? 'points'}</span></div>
<small>close of ${asset.last_date}</small>
<dl><dt>Day</dt><dd>${dayChange(asset)}</dd>${yearLine(yearOf(data, asset.ticker))}
<dt>Coverage</dt><dd>${share(asset.coverage)}<small>${asset.observed_days} of ${asset.open_days} open days since ${asset.first_date}</small></dd>${restated(asset.ticker, data)}</dl>
<details><summary>Why these numbers<span class="soft"> (${asset.ticker})</span></summary>${why(asset, own, lineage, places)}</details></article>`;
}

function dayChange(asset: AssetOfReport): Markup {
  if (asset.day_return === null || asset.previous_date === null)
    return markup`<span class="soft">one day only, no change yet</span>`;
  return markup`${change(asset.day_return * 100)}<small>since ${asset.previous_date}</small>`;
}

function yearLine(row: Performance | undefined): Markup {
  if (row?.return_pct === undefined || row.return_pct === null) return markup``;
  return markup`<dt>${isShort(row) ? 'All data' : '1Y'}</dt><dd>${change(row.return_pct)}<small>since ${row.start_date}, in ${row.unit}</small></dd>`;
}

/** What its source said otherwise before; the old prices are kept. */
function restated(ticker: string, data: ReportData): Markup {
  const event = data.restatements.find((row) => row.ticker === ticker);
  return event ? markup`<dt>Restated</dt><dd><small>${restatementWords(event)}</small></dd>` : markup``;
}

function change(pct: number): Markup {
  return markup`<span class="${pct > 0 ? 'up' : pct < 0 ? 'down' : ''}">${arrow(pct)} ${signedPct(pct)}</span>`;
}

function why(
  asset: AssetOfReport,
  own: readonly Performance[],
  lineage: LineageOf,
  places: WorkflowPlaces,
): Markup {
  const last = lineage.get(`${asset.ticker} ${asset.last_date}`);
  return markup`<dl class="facts"><dt>Source</dt><dd>${asset.dataset}, as ${asset.symbol}</dd><dt>Calendar</dt><dd>${asset.calendar}</dd>${last ? origin(last, places) : markup`<dt>Origin</dt><dd>this warehouse does not say</dd>`}</dl>
${
  own.length > 0 &&
  scrollingTable(
    `Closes behind the returns of ${asset.ticker}`,
    ['Period', 'Return', 'From', 'To'],
    own.map((row) => endpoints(row, lineage, places)),
  )
}`;
}

/** Everything that leads from a close back to the request that brought it. */
function origin(row: Lineage, places: WorkflowPlaces): Markup {
  return markup`<dt>Fetched</dt><dd>${instant(row.fetched_at)}</dd><dt>Published</dt><dd>${instant(row.published_at)}${row.publication_number > 1 && `, number ${row.publication_number}`}</dd>
<dt>Contract</dt><dd>${row.contract_version}</dd><dt>Batch</dt><dd class="id">${row.batch_id}</dd>
<dt>sha256</dt><dd class="id">${row.sha256?.slice(0, 16)}…</dd>
<dt>Run</dt><dd class="id">${linkOr(workflowUrl(places, row.run), row.run ?? '–')}</dd>
<dt>Workflow</dt><dd class="id">${linkOr(workflowUrl(places, row.workflow_id, row.workflow_run_id), row.workflow_id ?? '–')}</dd>`;
}

function endpoints(row: Performance, lineage: LineageOf, places: WorkflowPlaces): Markup {
  const end = (date: string, close: number): Markup =>
    markup`${price(close)} <small>${endWords(date, lineage.get(`${row.ticker} ${date}`), places)}</small>`;
  return markup`<tr><th scope="row">${row.period}</th><td class="number">${signedPct(row.return_pct)}</td><td>${end(row.start_date, row.start_close)}</td><td>${end(row.end_date, row.end_close)}</td></tr>`;
}

/** The date of a close, its batch, contract version and time, and its workflow behind the date. */
function endWords(date: string, of: Lineage | undefined, places: WorkflowPlaces): Markup {
  if (of === undefined) return markup`${date}`;
  const link = linkOr(workflowUrl(places, of.workflow_id, of.workflow_run_id), date);
  return markup`${link}<br><span class="id">${of.batch_id}</span><br>contract ${of.contract_version}, fetched ${instant(of.fetched_at)}`;
}
