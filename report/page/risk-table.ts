import type { ReportData } from '../read/report-data.ts';
import { fixed } from '../words/numbers.ts';
import { markup, scrollingTable, type Markup } from './markup.ts';

/** Volatility, drawdown and returns for their risk, of every asset and window. */
export function riskTable(data: ReportData): Markup {
  if (data.volatility.length === 0) return markup`<p>Too few returns to speak of risk.</p>`;
  const rows = data.volatility.map(
    (row) =>
      markup`<tr><th scope="row">${row.ticker}</th><td class="number">${row.window_days}<small>${row.n} returns, to ${row.last_date}</small></td>${[
        fixed(row.volatility_own_pct, 1),
        fixed(row.volatility_252_pct, 1),
        fixed(row.max_drawdown_pct, 1),
        fixed(row.sharpe, 2),
        fixed(row.sortino, 2),
      ].map((text) => markup`<td class="number">${text}</td>`)}</tr>`,
  );
  const head = ['Asset', 'Days', 'Volatility, %', 'by 252 days, %', 'Deepest fall, %', 'Sharpe', 'Sortino'];
  return markup`<details><summary>Risk by asset and window</summary>${scrollingTable('Risk by asset and window', head, rows, 'numbers')}</details>`;
}
