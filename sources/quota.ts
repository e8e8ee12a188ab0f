import { createHash } from 'node:crypto';
import type { QuotaLimits } from '../workflows/pure/quota/ledger.ts';
import type { SourceSettings } from './source-settings.ts';

/** The ledger that counts the requests to a source, and what its plan allows. */
export interface SourceQuota {
  /** Tells keys apart without telling them; `keyless` where there is none. */
  readonly keyName: string;
  readonly limits: QuotaLimits;
}

/**
 * Tells whether asking a source spends anything: a local file does not, nor does the sample market unless an address
 * was given by hand.
 */
export function isMetered(market: 'sample' | 'live', source: SourceSettings): boolean {
  return !source.isLocal && (market === 'live' || source.isBaseUrlGiven);
}

/** The names of the configured sources whose requests are counted. */
export function meteredSources(settings: {
  readonly market: 'sample' | 'live';
  readonly sources: Readonly<Record<string, SourceSettings>>;
}): string[] {
  const all = Object.values(settings.sources);
  return all.filter((source) => isMetered(settings.market, source)).map(({ name }) => name);
}

const longestMonthDays = 31;

/**
 * How many requests of a day are kept for daily runs unless configured: one for each asset, which is the most that
 * a day's plan asks for at the first attempt; but never more than half of a quota, so that backfills go on.
 */
export function usualDailyShare(
  assetCount: number,
  requestsPerDay: number | null,
  requestsPerMonth: number | null,
): number {
  const halfDay = (requestsPerDay ?? Infinity) / 2;
  const halfMonth = (requestsPerMonth ?? Infinity) / (2 * longestMonthDays);
  return Math.floor(Math.min(assetCount, halfDay, halfMonth));
}

/** Names the ledger of a source's key, with the limits as they are configured. */
export function quotaOf(source: SourceSettings): SourceQuota {
  const { requestsPerMinute, requestsPerDay, requestsPerMonth, dailyShare } = source;
  return {
    keyName: keyNameOf(source.apiKey),
    limits: { requestsPerMinute, requestsPerDay, requestsPerMonth, dailyShare },
  };
}

/**
 * The first characters of a hash of the key. They stand in workflow ids, so they must not help to find it: a key is
 * random, so it cannot be guessed, and with words of ours before it its hash stands in nobody's table.
 */
function keyNameOf(key: string | undefined): string {
  if (key === undefined) return 'keyless';
  return createHash('sha256').update(`marketlake quota of ${key}`).digest('hex').slice(0, 8);
}
