import { periods } from '../read/rows.ts';
import type { Performance, ReportData } from '../read/report-data.ts';
import { fixingWords } from '../words/fixing-words.ts';
import { benchmark, isShort } from '../words/headline.ts';
import { arrow, signedPct, signedPoints } from '../words/numbers.ts';
import { markup, scrollingTable, type Markup } from './markup.ts';
import { tileId } from './tiles.ts';

/** The returns of every asset over every period, in blue where they rose and in orange where they fell. */
export function returnsTable(data: ReportData): Markup {
  const tickers = [...new Set(data.assets.map(({ ticker }) => ticker))].filter((ticker) =>
    data.performance.some((row) => row.ticker === ticker),
  );
  if (tickers.length === 0) return markup`<p>No asset has a price yet.</p>`;
  const found = new Map(data.performance.map((row) => [`${row.ticker} ${row.period}`, row]));
  const rows = tickers.map(
    (ticker) =>
      markup`<tr><th scope="row"><a href="#${tileId(ticker)}">${ticker}</a></th>${periods.map((period) => cell(found.get(`${ticker} ${period}`)))}</tr>`,
  );
  return markup`<p class="soft">Returns to ${data.performance[0]?.period_end}, from observed closes, in US dollars where a rate is known. Second line: percentage points against Bitcoin. ${fixingWords(data.assets)}</p>
${scrollingTable('Returns by asset and period', ['Asset', ...periods], rows, 'numbers')}`;
}

function cell(row: Performance | undefined): Markup {
  if (row === undefined) return markup`<td class="number soft">–<small>no close</small></td>`;
  if (row.return_pct === null)
    return markup`<td class="number soft">–<small>one close, ${row.end_date}</small></td>`;
  const against =
    row.ticker === benchmark || row.vs_btc_pct === null ? null : `${signedPoints(row.vs_btc_pct)} vs BTC`;
  const since = isShort(row) ? `since ${row.start_date}` : null;
  const title = `${row.start_date} to ${row.end_date}`;
  return markup`<td class="number ${shade(row.return_pct)}" title="${title}">${arrow(row.return_pct)} ${signedPct(row.return_pct)}${against && markup`<small>${against}</small>`}${since && markup`<small>${since}</small>`}</td>`;
}

function shade(pct: number): string {
  const size = Math.abs(pct);
  if (size < 0.05) return '';
  const step = size >= 25 ? 3 : size >= 5 ? 2 : 1;
  return `${pct > 0 ? 'up' : 'down'}${step}`;
}
