import { coingeckoSource } from './coingecko.ts';
import { csvSource, type CsvFiles } from './csv.ts';
import { massiveSource } from './massive.ts';
import type { Source } from './source.ts';

/** What the sources need from the configuration. */
export interface SourcesConfig {
  /** `sources.csv.files`: how each local file is read, by symbol. */
  readonly csvFiles: CsvFiles;
}

/** Builds every source the house knows, by name. */
export function createSources(config: SourcesConfig): ReadonlyMap<string, Source> {
  const sources = [coingeckoSource(), massiveSource(), csvSource(config.csvFiles)];
  return new Map(sources.map((source) => [source.name, source]));
}
