import { utcDateOf } from '../../workflows/pure/cell.ts';
import type { ListedAsset } from './catalogue.ts';
import { currencyRate } from './currency.ts';
import type { Desk } from './desk.ts';
import type { ToldValue } from './tape.ts';

/** Names a coin, so that nobody takes it for the real one. */
export function coinName(coin: ListedAsset): string {
  return `${coin.symbol} (synthetic)`;
}

/** Splits a list of a query at its commas. */
export function splitList(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** How many US dollars one unit of a currency is worth today. */
export function dollarsPerUnit(currency: string, desk: Desk): number {
  return currencyRate(desk.book, currency, utcDateOf(desk.now.getTime()));
}

/** Turns dollars into a currency; a lie stays what it is. */
export function inCurrency(dollars: ToldValue, rate: number): ToldValue {
  return typeof dollars === 'number' ? dollars / rate : dollars;
}
