/** How many lines an alert names of what it is about. */
export const itemsNamed = 5;

const longestLine = 300;

/** One line of a text, cut where it would fill a screen. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longestLine ? line : `${line.slice(0, longestLine)}…`;
}

/** The first few lines. */
export function firstItems(items: readonly string[]): string[] {
  return items.slice(0, itemsNamed).map(oneLine);
}

/** A price with no more digits than tell it apart. */
export function priceText(price: number): string {
  return Number(price.toPrecision(8)).toString();
}

/** `+1.20 %`. */
export function changeText(before: number, after: number): string {
  const percent = 100 * (after / before - 1);
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(2)} %`;
}
