import type { ToldBar, ToldValue } from './tape.ts';

/** The average of a day as an aggregator tells it; where its close is no price, that lie and no average. */
export function dayAverage({ open, high, low, close }: ToldBar): ToldValue {
  const prices = [open, high, low, close].filter((price) => typeof price === 'number' && price > 0);
  if (prices.length < 4) return close;
  return prices.reduce<number>((sum, price) => sum + Number(price), 0) / 4;
}
