import type { Settings } from '../../settings.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';

/** The sources that runs may ask: the first of each asset, and the others where a fallback is wanted. */
export function sourcesAsked({ assets, run }: Pick<Settings, 'assets' | 'run'>): string[] {
  const asked = assets.flatMap(({ sources }) => (run.fallback === 'never' ? sources.slice(0, 1) : sources));
  return [...new Set(asked.map(({ dataset }) => splitDataset(dataset).source))];
}
