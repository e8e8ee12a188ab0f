import type { Contract } from '../contracts/contract.ts';
import type { Staleness } from '../plan/staleness.ts';
import type { Log } from './log.ts';
import type { Measure } from './metrics.ts';

const everyMs = 60 * 60_000;

/** Keeps the gauges of staleness true. */
export interface StalenessWatch {
  /** Looks now; one look at a time, and one more where it was asked for meanwhile. */
  look(): void;
  stop(): void;
}

/** Looks at once, each hour, and whenever it is told that something was published. */
export function watchStaleness(
  read: () => Promise<readonly Staleness[]>,
  contracts: Iterable<Contract>,
  measure: Measure,
  log: Log,
): StalenessWatch {
  for (const { dataset, freshnessDays } of contracts) {
    if (freshnessDays !== null) measure('marketlake_staleness_limit_days', { dataset }, freshnessDays);
  }
  let looking: Promise<void> | undefined;
  let isAskedAgain = false;
  const lookOnce = async (): Promise<void> => {
    try {
      for (const { dataset, ticker, days } of await read()) {
        measure('marketlake_staleness_days', { dataset, ticker }, days);
      }
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      log.warn({ error: found }, 'staleness could not be measured; it is tried again within the hour');
    }
  };
  const look = (): void => {
    isAskedAgain = looking !== undefined;
    looking ??= lookOnce().finally(() => {
      looking = undefined;
      if (isAskedAgain) look();
    });
  };
  const timer = setInterval(look, everyMs).unref();
  look();
  return { look, stop: () => clearInterval(timer) };
}
