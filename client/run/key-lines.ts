import type { Settings } from '../../settings.ts';
import { missingKey, type MissingKey } from '../../sources/missing-keys.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';

/** What of the configured assets can be fetched with the keys that were given. */
export interface KeyStanding {
  /** The assets that need no further key, by ticker. */
  readonly fetched: readonly string[];
  /** The sources that answer nobody without a key and have none, each with the assets that wait for it. */
  readonly waiting: readonly { readonly key: MissingKey; readonly tickers: readonly string[] }[];
}

const tickersNamed = 12;

/** Finds which assets wait for a key; an asset is taken from the first of its sources. */
export function keyStanding({ market, assets, sources }: Settings): KeyStanding {
  const needed = assets.map(({ ticker, sources: [first] }) => {
    const source = sources[splitDataset(first?.dataset ?? '').source];
    const key = source && missingKey(market, source);
    return { ticker, key: key?.need === 'needed' ? key : undefined };
  });
  const keys = new Map(needed.flatMap(({ key }) => (key ? [[key.source, key] as const] : [])));
  const tickersOf = (source: string | undefined): string[] =>
    needed.filter(({ key }) => key?.source === source).map(({ ticker }) => ticker);
  return {
    fetched: tickersOf(undefined),
    waiting: [...keys.values()].map((key) => ({ key, tickers: tickersOf(key.source) })),
  };
}

/** Says which assets can be fetched, and which free key switches the others on; nothing where no key is missing. */
export function keyLines({ fetched, waiting }: KeyStanding): string[] {
  if (waiting.length === 0) return [];
  const others = waiting.map(
    ({ key, tickers }) =>
      `Without a key ${key.source} answers nobody, so these cells will fail: ${namesOf(tickers)}. ${switchOnWords(key)}.`,
  );
  return [`With the keys that are set, ${fetchedWords(fetched)}.`, ...others];
}

/** Says what can be fetched, as the end of a sentence. */
export function fetchedWords(tickers: readonly string[]): string {
  return tickers.length === 0 ? 'no asset can be fetched' : `these can be fetched: ${namesOf(tickers)}`;
}

/** Says what a free key switches on, where it is to be had, and which variable takes it. */
export function switchOnWords({ freeFrom, switchesOn, variable }: MissingKey): string {
  return `A free key from ${freeFrom} switches on ${switchesOn}: set ${variable} in .env`;
}

/** Names some tickers, and counts the rest. */
export function namesOf(tickers: readonly string[]): string {
  const more = tickers.length - tickersNamed;
  const named = tickers.slice(0, tickersNamed).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
