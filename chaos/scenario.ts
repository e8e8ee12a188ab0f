import type { RoundEnd } from './kill-round.ts';
import type { UndisturbedRuns } from './undisturbed.ts';

/** How scenarios are played. */
export interface ChaosOptions {
  readonly seed: number;
  /** Seconds where the long form takes minutes, and few days. */
  readonly isShort: boolean;
  readonly rounds: number;
  readonly days: number;
  /** A lane for the backfills to take; left out, the one that they choose. */
  readonly grain?: string;
  /** How long trouble lasts that has a length. */
  readonly minutes?: number;
  /** How long the soak goes on. */
  readonly hours?: number;
  readonly undisturbed: UndisturbedRuns;
  readonly say: (line: string) => void;
}

/** How a scenario ended. */
export interface ScenarioEnd {
  /** What was measured, in a few words. */
  readonly figures: string;
  /** What is not as it must be, in sentences. */
  readonly complaints: readonly string[];
  /** Why it could not be played here. */
  readonly skipped?: string;
}

/** One kind of trouble, and what must be true after it. */
export interface Scenario {
  /** The rows of docs/faults.md that it tries. */
  readonly rows: string;
  readonly about: string;
  /** True where it is played only when it is named. */
  readonly isOnlyNamed?: boolean;
  play(options: ChaosOptions): Promise<ScenarioEnd>;
}

/** The middle and the slowest of recoveries, in words. */
export function recoveryWords(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((left, right) => left - right);
  const at = (share: number): string => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(1) ?? '-';
  return `next cell after ${at(0.5)} s (slowest ${at(1)} s)`;
}

/** Sums something over rounds. */
export function sumOf(ends: readonly RoundEnd[], of: (end: RoundEnd) => number): number {
  return ends.reduce((total, end) => total + of(end), 0);
}
