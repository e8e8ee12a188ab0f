import type { ListedAsset } from './catalogue.ts';
import { draw, hashText } from './random.ts';

/** Which fact of a coin is drawn; a number is never reused. */
const purposes = { magnitude: 1, supply: 2, first: 3, swing: 4, turnover: 5 };

/** The market value, in US dollars, to which the coin after the named ones is drawn; it falls with the square. */
const largestMarketCap = 3_000_000_000;
const firstNumber = 17;

function symbolOf(number: number): string {
  return `sample-coin-${String(number).padStart(3, '0')}`;
}

/** Reads the number out of a made up coin's symbol; nothing where it is no such symbol. */
export function numberOfMadeUp(symbol: string): number | undefined {
  const number = Number(/^sample-coin-(\d{3,6})$/.exec(symbol)?.[1] ?? Number.NaN);
  return symbolOf(number) === symbol ? number : undefined;
}

/**
 * Makes up the coin of a number: `sample-coin-017`, the smaller the higher its number. Every hundredth carries the
 * code of the coin before it, since codes of coins are not unique; of every ninetieth nobody knows the supply.
 */
export function madeUpCoin(number: number): ListedAsset {
  const symbol = symbolOf(number);
  const random = (purpose: number): number => draw(hashText(symbol), 0, purpose);
  const marketCap = ((largestMarketCap * firstNumber) / number) * (firstNumber / number);
  const supply = roundSupply((1 + 8 * random(purposes.supply)) * magnitudeOf(random(purposes.magnitude)));
  const lastLevel = marketCap / supply;
  return {
    symbol,
    kind: 'crypto',
    code: `smp${number % 100 === 0 ? number - 1 : number}`,
    firstLevel: lastLevel * (0.2 + random(purposes.first)),
    lastLevel,
    swing: 0.04 + 0.06 * random(purposes.swing),
    usualVolume: Math.round(marketCap * (0.002 + 0.08 * random(purposes.turnover))),
    supply: number % 90 === 0 ? 0 : supply,
    decimals: null,
  };
}

/** A power of ten from a million to a trillion. */
function magnitudeOf(random: number): number {
  let magnitude = 1_000_000;
  for (let step = 1; step <= random * 7; step += 1) magnitude *= 10;
  return magnitude;
}

/** Whole thousands: a supply to the last coin would look measured. */
function roundSupply(supply: number): number {
  return Math.round(supply / 1000) * 1000;
}
