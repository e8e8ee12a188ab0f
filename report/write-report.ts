import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Market } from '../lake/identity.ts';
import { readCharts, type ChartData } from './charts/charts.ts';
import { drawChart, type ChartSize } from './charts/draw.ts';
import { standaloneSvg } from './charts/svg-text.ts';
import type { WorkflowPlaces } from './links.ts';
import { page, type DrawnChart } from './page/page.ts';
import { readReportData, type ReportData } from './read/report-data.ts';
import { WarehouseReader } from './read/warehouse-reader.ts';
import { withRunning, type RunningIds } from './read/with-running.ts';
import { chartSpan, chartWords } from './words/chart-words.ts';
import { headline } from './words/headline.ts';

/** What a report is written from, and where. */
export interface ReportRequest extends WorkflowPlaces {
  /** The warehouse to read; any, such as one that was built as of an instant. */
  readonly warehousePath: string;
  /** Gets `index.html` and `charts/<name>.svg`. */
  readonly outFolder: string;
  /** Where the page goes instead of `index.html`; the charts then stand beside it, in `charts/`. */
  readonly pagePath?: string;
  readonly market: Market;
  /** The instant as which the warehouse shows the lake; null or left out: as it is. */
  readonly asOf?: string | null;
  /** What runs meanwhile; left out where it was not asked, as for a page of the past. */
  readonly running?: RunningIds;
  readonly now: Date;
}

/** What was written. */
export interface WrittenReport {
  readonly path: string;
  readonly sizeBytes: number;
  readonly headline: string;
  /** The charts that had something to show. */
  readonly charts: readonly string[];
}

const leadSize = { width: 1120, height: 400 };
const size = { width: 460, height: 320 };

/** Writes the page and its charts, each whole or not at all. */
export async function writeReport(request: ReportRequest): Promise<WrittenReport> {
  const { data, charts } = await readAll(request.warehousePath);
  const isSynthetic = request.market === 'sample';
  const drawn: DrawnChart[] = [];
  for (const [index, chart] of charts.entries()) drawn.push(await draw(chart, index === 0));
  const text = page({
    data: withRunning(data, request.running ?? null),
    running: request.running,
    charts: drawn,
    places: request,
    isSynthetic,
    asOf: request.asOf ?? null,
    now: request.now,
  });
  const path = request.pagePath ?? join(request.outFolder, 'index.html');
  await writeCharts(join(dirname(path), 'charts'), drawn, isSynthetic ? 'synthetic' : null);
  await replaceFile(path, text);
  const names = drawn.filter(({ svg }) => svg !== null).map(({ name }) => name);
  return { path, sizeBytes: Buffer.byteLength(text), headline: headline(data), charts: names };
}

/** Reads what the page would say, for programs. */
export async function readReport(warehousePath: string): Promise<ReportData & { readonly headline: string }> {
  const reader = await WarehouseReader.open(warehousePath);
  try {
    const data = await readReportData(reader);
    return { headline: headline(data), ...data };
  } finally {
    reader.close();
  }
}

/** Writes a file beside its place and renames it over: nobody ever reads half of one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.next`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

async function readAll(path: string): Promise<{ data: ReportData; charts: ChartData[] }> {
  const reader = await WarehouseReader.open(path);
  try {
    const data = await readReportData(reader);
    const charts = await readCharts(reader);
    return { data: { ...data, absentTables: reader.absentTables }, charts };
  } finally {
    reader.close();
  }
}

async function draw(chart: ChartData, isLead: boolean): Promise<DrawnChart> {
  const { name, title } = chart;
  if (chart.rows.length === 0) return { name, title, span: '', svg: null, narrowSvg: null };
  const render = (suffix: string, at: ChartSize): Promise<string> =>
    drawChart(chart, at, {
      id: `${name}${suffix}`,
      title,
      description: chartWords(chart),
    });
  return {
    name,
    title,
    span: chartSpan(chart),
    svg: await render('', isLead ? leadSize : sizeOf(chart)),
    narrowSvg: isLead ? await render('-narrow', { width: 420, height: 360 }) : null,
  };
}

/** A chart with a line for each asset grows with them. */
function sizeOf(chart: ChartData): ChartSize {
  if (chart.name !== 'lump-sum' && chart.name !== 'volatility') return size;
  const assets = new Set(chart.rows.map((row) => row['ticker'])).size;
  return { width: size.width, height: Math.max(size.height, 90 + 26 * assets) };
}

/** A chart that has nothing to show now leaves no old picture behind. */
async function writeCharts(folder: string, drawn: readonly DrawnChart[], mark: string | null): Promise<void> {
  for (const { name, svg } of drawn) {
    const path = join(folder, `${name}.svg`);
    if (svg === null) await rm(path, { force: true });
    else await replaceFile(path, standaloneSvg(svg, mark));
  }
}
