import type { TopLevelSpec } from 'vega-lite';
import type { ChartData } from './charts.ts';
import { look } from './look.ts';
import { accessibleSvg, type SvgWords } from './svg-text.ts';

/** How large a chart is drawn, in pixels. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Draws a chart as SVG text, with its words for those who do not see it. */
export async function drawChart(chart: ChartData, size: ChartSize, words: SvgWords): Promise<string> {
  // Vega takes some 50 MB: who never draws never loads it.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const own = chart.spec as Record<string, unknown>;
  const spec = {
    ...own,
    ...size,
    autosize: { type: 'fit', contains: 'padding' },
    background: null,
    data: { values: chart.rows },
    // A wide chart has room for its legend in one line.
    config: { ...look, legend: { ...look.legend, columns: size.width > 800 ? 8 : 4 } },
  };
  // The specs are files of ours beside this one; a test draws every one of them.
  const compiled = vegaLite.compile(spec as unknown as TopLevelSpec).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  try {
    return accessibleSvg(await view.toSVG(), words);
  } finally {
    view.finalize();
  }
}
