import { existsSync } from 'node:fs';
import { z } from 'zod';
import { WarehouseReader } from '../../report/read/warehouse-reader.ts';
import type { FindingOf } from '../alert.ts';
import type { MarketRule } from '../alert-settings.ts';

const observed = z.object({
  date: z.string(),
  close: z.number(),
  volume: z.number().nullable(),
  currency: z.string().nullable(),
});

/** One observed day of an asset. */
export type ObservedDay = Readonly<z.infer<typeof observed>>;

/** Reads a warehouse and applies the rules to the days since a date; nothing where there is no warehouse yet. */
export async function findMarket(
  warehousePath: string,
  rules: readonly MarketRule[],
  since: string,
): Promise<FindingOf<'crossed' | 'volume'>[]> {
  if (rules.length === 0 || !existsSync(warehousePath)) return [];
  const reader = await WarehouseReader.open(warehousePath);
  try {
    const found = [];
    for (const rule of rules) found.push(...marketFindings(rule, await daysOf(reader, rule), since));
    return found;
  } finally {
    reader.close();
  }
}

/** The newest observed days, oldest first: those since the date, and as many before it as the rule looks back on. */
async function daysOf(reader: WarehouseReader, rule: MarketRule): Promise<ObservedDay[]> {
  const lookBack = 'overDays' in rule ? rule.overDays : 1;
  const ticker = rule.ticker.replaceAll("'", "''");
  const rows = await reader.rows(
    observed,
    ['marts.fct_daily_prices'],
    `select price_date::varchar as date, close_split_adjusted as close, volume, currency from marts.fct_daily_prices
     where ticker = '${ticker}' and price_status = 'OBSERVED'
     order by price_date desc limit ${lookBack + daysLookedAt}`,
  );
  return rows.reverse();
}

/** No more observed days than these lie in the week that is looked at. */
const daysLookedAt = 10;

/** Applies one rule to an asset's observed days, oldest first; what happened before `since` is nobody's news. */
export function marketFindings(
  rule: MarketRule,
  days: readonly ObservedDay[],
  since: string,
): FindingOf<'crossed' | 'volume'>[] {
  return days.flatMap((day, place): FindingOf<'crossed' | 'volume'>[] => {
    if (day.date < since) return [];
    return 'crosses' in rule
      ? crossing(rule, days[place - 1], day)
      : highVolume(rule, days.slice(Math.max(0, place - rule.overDays), place), day);
  });
}

type Crossing = Extract<MarketRule, { readonly crosses: string }>;
type HighVolume = Extract<MarketRule, { readonly volumeTimesAverage: number }>;

/** A close that reaches the price crosses it; one that leaves it for the other side has crossed it before. */
function crossing(
  { ticker, crosses, price }: Crossing,
  before: ObservedDay | undefined,
  { date, close, currency }: ObservedDay,
): FindingOf<'crossed'>[] {
  if (!before) return [];
  const isCrossed =
    crosses === 'above' ? before.close < price && close >= price : before.close > price && close <= price;
  if (!isCrossed) return [];
  const incident = `${ticker}/${date}/${crosses}/${price}`;
  const previous = { previousDate: before.date, previousClose: before.close };
  return [{ kind: 'crossed', incident, ticker, date, close, currency, crosses, price, ...previous }];
}

/** With fewer days than the rule asks for there is no average yet. */
function highVolume(
  { ticker, volumeTimesAverage, overDays }: HighVolume,
  before: readonly ObservedDay[],
  { date, volume }: ObservedDay,
): FindingOf<'volume'>[] {
  const volumes = before.flatMap((day) => (day.volume === null ? [] : [day.volume]));
  if (volume === null || before.length < overDays || volumes.length < overDays) return [];
  const average = volumes.reduce((sum, each) => sum + each, 0) / volumes.length;
  if (average <= 0 || volume < volumeTimesAverage * average) return [];
  const incident = `${ticker}/${date}/volume/${volumeTimesAverage}/${overDays}`;
  return [{ kind: 'volume', incident, ticker, date, volume, average, overDays }];
}
