import { coingeckoApi } from './coingecko.ts';
import type { SampleSource } from './folders.ts';
import { massiveApi } from './massive.ts';
import type { SampleApi } from './sample-api.ts';

const sampleApis: Readonly<Record<SampleSource, SampleApi>> = {
  coingecko: coingeckoApi,
  massive: massiveApi,
};

/** Gives the API that plays a source; the compiler sees to it that every folder has one. */
export function sampleApi(source: SampleSource): SampleApi {
  return sampleApis[source];
}
