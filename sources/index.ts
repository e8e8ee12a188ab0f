import { binanceSource } from './binance.ts';
import { coinbaseSource } from './coinbase.ts';
import { coincapSource } from './coincap.ts';
import { coingeckoSource } from './coingecko.ts';
import { coinpaprikaSource } from './coinpaprika.ts';
import { csvSource, type CsvFiles } from './csv.ts';
import { frankfurterSource } from './frankfurter.ts';
import { krakenSource } from './kraken.ts';
import { massiveSource } from './massive.ts';
import type { Source } from './source.ts';
import type { UsualApi } from './usual.ts';

/** What the sources need from the configuration. */
export interface SourcesConfig {
  /** `sources.csv.files`: how each local file is read, by symbol. */
  readonly csvFiles: CsvFiles;
}

/** The registry: one line a source. */
const registered: readonly ((config: SourcesConfig) => Source)[] = [
  coingeckoSource,
  massiveSource,
  coinbaseSource,
  binanceSource,
  krakenSource,
  frankfurterSource,
  coincapSource,
  coinpaprikaSource,
  ({ csvFiles }) => csvSource(csvFiles),
];

/** Builds every source the house knows, by name. */
export function createSources(config: SourcesConfig): ReadonlyMap<string, Source> {
  return new Map(registered.map((create) => create(config)).map((source) => [source.name, source]));
}

/** Every source before anything is configured, by name: for who wants to know what is usual of it. */
export const knownSources = createSources({ csvFiles: {} });

/** The sources that are APIs, with what is usual of each. */
export const knownApis: readonly { readonly name: string; readonly usual: UsualApi }[] = [
  ...knownSources.values(),
].flatMap(({ name, usual }) => (usual.isLocal ? [] : [{ name, usual }]));
