import { knownSources } from './index.ts';
import type { SourceSettings } from './source-settings.ts';
import type { SourceAccess } from './source.ts';
import { sampleFolderOf, sourceVariables } from './usual.ts';

const answerTimeoutMs = 30_000;
/** Four times the largest page that an API gives (50,000 bars). Parsed, the worst answer takes twenty times its bytes. */
const largestAnswerBytes = 32 * 1024 * 1024;

/**
 * Tells where each source answers: at the configured address, or on the sample market's, unless an address
 * was given by hand.
 * @throws RangeError for a source nobody configured.
 */
export function sourceAccess(
  settings: {
    readonly market: 'sample' | 'live';
    readonly sources: Readonly<Record<string, SourceSettings>>;
  },
  marketUrl: string | null,
): (source: string) => SourceAccess {
  return (name) => {
    const source = settings.sources[name];
    if (!source) throw new RangeError(`There is no source "${name}" in marketlake.yaml`);
    const isSample = settings.market === 'sample' && !source.isBaseUrlGiven;
    return {
      baseUrl: isSample ? sampleUrlOf(name, marketUrl) : source.baseUrl,
      ...(source.apiKey === undefined ? {} : { apiKey: source.apiKey }),
      timeoutMs: answerTimeoutMs,
      maxBytes: largestAnswerBytes,
    };
  };
}

/** No API is asked for real while the sample market is meant, one that the market does not play no more than others. */
function sampleUrlOf(name: string, marketUrl: string | null): string {
  const usual = knownSources.get(name)?.usual;
  if (usual && !usual.isLocal && marketUrl !== null) return marketUrl + sampleFolderOf(name, usual);
  throw new RangeError(
    `The sample market is not running, so ${name} has nobody to ask. Start it with npm start, or set ${sourceVariables(name).baseUrl}.`,
  );
}
