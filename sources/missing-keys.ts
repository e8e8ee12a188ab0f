import { knownSources } from './index.ts';
import type { SourceSettings } from './source-settings.ts';
import { sourceVariables, type SourceKey } from './usual.ts';

/** The key that an API could be given and was not. */
export interface MissingKey {
  readonly source: string;
  readonly need: 'optional' | 'needed';
  /** The variable to set. */
  readonly variable: string;
  /** Where a free key is to be had: a URL. */
  readonly freeFrom: string;
  /** What a free key switches on. */
  readonly switchesOn: string;
}

/**
 * Tells which key a source was not given, undefined where it has one or takes none. The sample market asks for none,
 * and whether an address that was given by hand does, only its answer tells.
 */
export function missingKey(market: 'sample' | 'live', source: SourceSettings): MissingKey | undefined {
  const key = keyOf(source.name);
  const isAsking = market === 'live' && !source.isBaseUrlGiven && source.apiKey === undefined;
  if (!isAsking || key.need === 'none' || key.need === 'paid') return undefined;
  return { source: source.name, variable: sourceVariables(source.name).apiKey, ...key };
}

/** Tells whether a source has a use for a key. */
export function takesKey(name: string): boolean {
  return keyOf(name).need !== 'none';
}

function keyOf(name: string): SourceKey {
  const usual = knownSources.get(name)?.usual;
  return usual && !usual.isLocal ? usual.key : { need: 'none' };
}
