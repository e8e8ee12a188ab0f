import { knownSources } from '../index.ts';
import { sampleFolderOf } from '../usual.ts';
import { binanceApi } from './binance.ts';
import { coinbaseApi } from './coinbase.ts';
import { coincapApi } from './coincap.ts';
import { coingeckoApi } from './coingecko.ts';
import { frankfurterApi } from './frankfurter.ts';
import { coinpaprikaApi } from './coinpaprika.ts';
import { krakenApi } from './kraken.ts';
import { massiveApi } from './massive.ts';
import type { SampleApi } from './sample-api.ts';

/** The registry of the sample market: one line an API, by the name of its source. */
const sampleApis = {
  coingecko: coingeckoApi,
  massive: massiveApi,
  coinbase: coinbaseApi,
  binance: binanceApi,
  kraken: krakenApi,
  frankfurter: frankfurterApi,
  coincap: coincapApi,
  coinpaprika: coinpaprikaApi,
} satisfies Readonly<Record<string, SampleApi>>;

/** The name of a source that the sample market plays. */
export type SampleSource = keyof typeof sampleApis;

/** One value for each API; what is left out, or null, is nothing. */
export type BySource<Value> = { readonly [Source in SampleSource]?: Value | null | undefined };

/** The same as seen from inside, where an API goes by its name, a guest too. */
export type ValueOfEach<Value> = Readonly<Record<string, Value | null | undefined>>;

/** The names of all of them, in the order of the registry. */
export const sampleSources = Object.keys(sampleApis) as readonly SampleSource[];

/** An API that a market plays, and the folder in which it does. */
export interface PlayedApi {
  readonly source: string;
  readonly folder: string;
  readonly api: SampleApi;
}

/** Lists all of them as they are played. */
export function registeredApis(): PlayedApi[] {
  return sampleSources.map((source) => ({ source, folder: sampleFolder(source), api: sampleApi(source) }));
}

/** Tells whether the sample market plays a source. */
export function isSampleSource(name: string): name is SampleSource {
  return Object.hasOwn(sampleApis, name);
}

/** Gives the API that plays a source. */
export function sampleApi(source: SampleSource): SampleApi {
  return sampleApis[source];
}

/**
 * Gives the folder below the market's address in which it plays a source.
 * @throws RangeError where it does not play it.
 */
export function sampleFolder(name: SampleSource): string {
  const usual = isSampleSource(name) ? knownSources.get(name)?.usual : undefined;
  if (usual && !usual.isLocal) return sampleFolderOf(name, usual);
  throw new RangeError(
    `The sample market does not play ${JSON.stringify(name)}. It plays ${sampleSources.join(', ')}; sources/sample/apis.ts lists them.`,
  );
}
