import { calendarByName } from '../../calendars/index.ts';
import type { KnownCell, Memory, PlannedAsset } from '../../plan/due-cells.ts';

/** A stock of a source that answers ranges and whole days. */
export function stock(ticker: string, more: Partial<PlannedAsset> = {}): PlannedAsset {
  return {
    ticker,
    dataset: 'massive.daily_bars',
    symbol: ticker,
    calendar: calendarByName('nyse'),
    final: { time: '01:00', timeZone: 'America/New_York' },
    historyDays: 730,
    coverage: {
      maxRangeDays: null,
      rangeEndsToday: false,
      groupOf: (symbol) => (symbol.startsWith('C:') ? 'fx' : 'stocks'),
    },
    ...more,
  };
}

/** A currency pair of the same source. */
export function currency(ticker: string): PlannedAsset {
  return stock(ticker, { symbol: `C:${ticker}`, calendar: calendarByName('fx') });
}

/** A coin of a source that answers ranges of a year at the most. */
export function coin(ticker: string, more: Partial<PlannedAsset> = {}): PlannedAsset {
  return {
    ticker,
    dataset: 'coingecko.market_chart',
    symbol: ticker.toLowerCase(),
    calendar: calendarByName('every-day'),
    final: { time: '00:45', timeZone: 'UTC' },
    historyDays: null,
    coverage: { maxRangeDays: 365, rangeEndsToday: true, groupOf: () => null },
    ...more,
  };
}

/** A lake that remembers nothing. */
export const noMemory: Memory = () => undefined;

/** A lake that remembers these cells, by `TICKER DATE`. */
export function remembering(cells: Readonly<Record<string, KnownCell>>): Memory {
  return (_dataset, ticker, date) => cells[`${ticker} ${date}`];
}
