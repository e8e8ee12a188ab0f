import type { Reach } from './difference.ts';

/** What a contract's version must become for a change: the next major for one that breaks readers, else the next minor or patch. */
export function neededVersion(before: string, reach: Reach): string {
  const [major = 0, minor = 0, patch = 0] = before.split('.').map(Number);
  if (reach === 'breaking') return `${major + 1}.0.0`;
  return reach === 'compatible' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Compares versions by their numbers: below 0 where the left one is lower. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  return [0, 1, 2].map((index) => (a?.[index] ?? 0) - (b?.[index] ?? 0)).find((step) => step !== 0) ?? 0;
}
