/** Finds the quote that a pair's name ends in, of some known ones of which none ends in another. */
export function quoteOfPair(symbol: string, quotes: readonly string[]): string | undefined {
  return quotes.find((quote) => symbol.length > quote.length && symbol.endsWith(quote));
}
