import type { WorkflowPlaces } from '../links.ts';
import type { ReportData } from '../read/report-data.ts';
import type { RunningIds } from '../read/with-running.ts';
import { headline } from '../words/headline.ts';
import { instant } from '../words/numbers.ts';
import { grid } from './grid.ts';
import { howWeKnow } from './how-we-know.ts';
import { dated, markup, Markup } from './markup.ts';
import { quality } from './quality.ts';
import { returnsTable } from './returns-table.ts';
import { riskTable } from './risk-table.ts';
import { style } from './style.ts';
import { tiles } from './tiles.ts';

/** One chart as the page shows it. */
export interface DrawnChart {
  readonly name: string;
  readonly title: string;
  /** Which days it covers. */
  readonly span: string;
  /** SVG for a wide screen, or for every screen; null where there is nothing to draw. */
  readonly svg: string | null;
  /** SVG for a phone, where the other would be too small. */
  readonly narrowSvg: string | null;
}

/** What a page is made of. */
export interface PageParts {
  readonly data: ReportData;
  readonly charts: readonly DrawnChart[];
  readonly places: WorkflowPlaces;
  /** What ran while it was written; undefined where that was not asked. */
  readonly running?: RunningIds | undefined;
  readonly isSynthetic: boolean;
  /** The instant as which the lake is shown; null: now. */
  readonly asOf: string | null;
  readonly now: Date;
}

/** Nothing may be loaded from anywhere, and nothing runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** The whole page as HTML text. */
export function page(parts: PageParts): string {
  const { data, charts, places, isSynthetic } = parts;
  const title = `Marketlake: ${headline(data)}`;
  const [lead, ...rest] = charts;
  return `<!doctype html>\n${
    markup`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title><style>${new Markup(style)}</style></head><body>
${isSynthetic && synthetic}<header><h1>${dated(headline(data))}</h1><p class="soft">${dated(asOfWords(parts))}</p></header>
<main>${lead && figure(lead)}
<section aria-labelledby="returns"><h2 id="returns">Returns</h2>${returnsTable(data)}</section>
<section aria-labelledby="assets"><h2 id="assets">Assets</h2>${tiles(data, places)}</section>
<section aria-labelledby="charts"><h2 id="charts">Charts</h2>${data.assets.length > linesMost && selection}<div class="charts">${rest.map(figure)}</div>${riskTable(data)}</section>
<section aria-labelledby="cells"><h2 id="cells">Cells</h2>${grid(data, places, parts.running)}</section>
<section aria-labelledby="quality"><h2 id="quality">Data quality</h2>${quality(data, places)}</section>
<section aria-labelledby="know"><h2 id="know">How we know</h2>${howWeKnow(data, places, parts.asOf)}</section></main>
<footer class="soft">Written by Marketlake at ${instant(parts.now.toISOString())}. Nothing here is advice.</footer></body></html>`
      .text
  }\n`;
}

const synthetic = markup`<div class="banner" role="note">Synthetic prices of the sample market: none of this happened.</div><div class="across" aria-hidden="true"><span>SYNTHETIC</span></div>`;

/** As many lines as can be told apart; see charts/shown.sql. */
const linesMost = 8;

const selection = markup`<p class="soft">Lines show Bitcoin and the best four and worst three others of the year; bars the twenty largest; the matrix twelve. The tables have all.</p>`;

function asOfWords({ data, asOf }: PageParts): string {
  const lastDate = data.assets
    .map((asset) => asset.last_date ?? '')
    .sort()
    .at(-1);
  const known = asOf ?? (data.build?.last_recorded_at ? instant(data.build.last_recorded_at) : null);
  if (!lastDate) return known === null ? 'No price is known yet.' : `As known at ${known}.`;
  return `Prices to ${lastDate}${known === null ? '' : `, as known at ${known}`}.`;
}

function figure(chart: DrawnChart): Markup {
  const caption = markup`<figcaption>${chart.title}${chart.svg !== null && markup`<small>${chart.span}</small>`}</figcaption>`;
  if (chart.svg === null)
    return markup`<figure id="chart-${chart.name}">${caption}<p class="soft">Not enough prices to draw this yet.</p></figure>`;
  const svg = new Markup(chart.svg);
  const drawings =
    chart.narrowSvg === null
      ? svg
      : markup`<div class="wide">${svg}</div><div class="narrow">${new Markup(chart.narrowSvg)}</div>`;
  return markup`<figure id="chart-${chart.name}">${caption}${drawings}</figure>`;
}
