import type { Parameters } from 'fast-check';

const { MARKETLAKE_FUZZ_RUNS, MARKETLAKE_FUZZ_SEED } = process.env;

/**
 * How often a property is tried: `usual` times in the suite, more where `npm run fuzz -- --runs N` asks. A failure
 * prints its seed and path; what it found is then kept among the property's `examples`.
 */
export function runs<T>(usual: number, examples: T[] = []): Parameters<T> {
  return {
    numRuns: Math.max(usual, Number(MARKETLAKE_FUZZ_RUNS ?? 0)),
    ...(MARKETLAKE_FUZZ_SEED === undefined ? {} : { seed: Number(MARKETLAKE_FUZZ_SEED) }),
    examples,
  };
}

/** Milliseconds a property may take in the long form; the suite's form ends in seconds. */
export const longMs = MARKETLAKE_FUZZ_RUNS === undefined ? 60_000 : 3_600_000;
