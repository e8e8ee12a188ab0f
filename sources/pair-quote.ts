/** Finds the quote that a pair's name ends in, of some known ones; the longest, so that BUSD is not read as USD. */
export function quoteOfPair(symbol: string, quotes: readonly string[]): string | undefined {
  return quotes
    .filter((quote) => symbol.length > quote.length && symbol.endsWith(quote))
    .reduce<string | undefined>(
      (longest, quote) => (longest !== undefined && longest.length > quote.length ? longest : quote),
      undefined,
    );
}
