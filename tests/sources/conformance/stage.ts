import type { Contract } from '../../../contracts/contract.ts';
import { loadContracts } from '../../../contracts/load.ts';
import { registeredApis, type PlayedApi } from '../../../sources/sample/apis.ts';
import { createPriceBook, type PriceBook } from '../../../sources/sample/price-book.ts';
import type { SampleMarketOptions } from '../../../sources/sample/sample-market.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import type { SourceAccess } from '../../../sources/source.ts';
import { accessTo } from '../support.ts';

/** A Friday with a session, in the winter of New York and Frankfurt. */
export const noon = new Date('2026-11-20T17:00:00Z');
/** The UTC day of it, which is not over. */
export const today = '2026-11-20';
/** The newest day that is final for every source. */
export const newestDay = '2026-11-19';

/** Some more than two whole pages of the largest kind. */
const listedCoins = 520;

/** The key that the market wants, of every API. */
export const rightKey = 'the-right-key-of-all';

/** A sample market that asks for keys, and what its book holds. */
export interface Stage {
  readonly market: SampleMarket;
  readonly book: PriceBook;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly guests: readonly PlayedApi[];
}

/** Starts a market with guests beside the registered APIs, whose clock stands at noon. */
export async function openStage(
  guests: readonly PlayedApi[],
  contractFolders: readonly string[] = [],
  more: SampleMarketOptions = {},
): Promise<Stage> {
  const names = [...registeredApis(), ...guests].map(({ source }) => source);
  const keys: Record<string, string> = Object.fromEntries(names.map((name) => [name, rightKey]));
  const market = await startSampleMarket({ now: () => noon, keys, guests, coins: listedCoins, ...more });
  // A book of its own, not the market's: what an answer must hold is computed beside it.
  const contracts = new Map(contractFolders.flatMap((folder) => [...loadContracts(folder)]));
  return { market, book: createPriceBook(1), contracts, guests };
}

/** Finds an API that is played on a stage. */
export function playedOn({ guests }: Stage, source: string): PlayedApi | undefined {
  return [...registeredApis(), ...guests].find((played) => played.source === source);
}

/** Access to an API on a market, with the right key unless another is given. */
export function accessOn(
  market: SampleMarket,
  { folder }: PlayedApi,
  more: Partial<SourceAccess> = {},
): SourceAccess {
  return accessTo(market.url + folder, { apiKey: rightKey, ...more });
}
