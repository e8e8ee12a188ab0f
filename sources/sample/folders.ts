/**
 * Where each API begins below the sample market's address, by the name of its source; none begins within another.
 * Plain data: who only wants to know where a source answers does not load the market.
 */
export const sampleFolders = {
  coingecko: '/coingecko/api/v3',
  massive: '/massive',
} satisfies Readonly<Record<string, `/${string}`>>;

/** The name of a source that the sample market plays. */
export type SampleSource = keyof typeof sampleFolders;

/** One value for each API; what is left out, or null, is nothing. */
export type BySource<Value> = { readonly [Source in SampleSource]?: Value | null | undefined };

/** The names of all of them, in the order of the list. */
export const sampleSources = Object.keys(sampleFolders) as readonly SampleSource[];

/** Tells whether the sample market plays a source. */
export function isSampleSource(name: string): name is SampleSource {
  return Object.hasOwn(sampleFolders, name);
}

/**
 * Gives the folder of an API.
 * @throws RangeError where the sample market does not play it.
 */
export function sampleFolder(name: SampleSource): string {
  if (isSampleSource(name)) return sampleFolders[name];
  throw new RangeError(
    `The sample market does not play ${JSON.stringify(name)}. It plays ${sampleSources.join(', ')}; sources/sample/folders.ts lists them.`,
  );
}
