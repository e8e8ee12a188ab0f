import type { Runtime } from '../../lake/runtime.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** Says where everything lies, a query to copy, and where to look. */
export function placesLines(open: OpenLake, runtime: Runtime): string[] {
  const path = (key: string): string => open.store.pathOf(key);
  return [
    `Lake        ${open.settings.lakeFolder}`,
    `  prices    ${path('bronze')}  (one Parquet file a cell; any engine reads it)`,
    `  raw       ${path('staging')}`,
    `  warehouse ${path('warehouse.duckdb')}`,
    `  report    ${path('report/index.html')}  (open it in a browser)`,
    '',
    'A query to copy:',
    `  duckdb -readonly ${path('warehouse.duckdb')} "select ticker, price_date, close from marts.fct_daily_prices where price_status = 'OBSERVED' order by price_date desc, ticker limit 14"`,
    '',
    runtime.temporal.uiUrl === null
      ? `Temporal    ${runtime.temporal.address}`
      : `Web UI      ${runtime.temporal.uiUrl}/namespaces/default/workflows`,
    ...(runtime.marketUrl === null
      ? []
      : [`Market      ${runtime.marketUrl}/__market  (synthetic prices, on this machine only)`]),
  ];
}
