import type { FindingOf, Words } from '../alert.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { oneLine } from './text.ts';

/** Says that a run did not get everything. */
export function incompleteWords([run]: readonly [FindingOf<'incomplete'>, ...unknown[]]): Words {
  const isIncomplete = run.outcome === 'incomplete';
  const counts = [
    ...(run.refused > 0 ? [`${run.refused} refused`] : []),
    ...(run.failed > 0 ? [`${run.failed} failed`] : []),
  ];
  return {
    title: isIncomplete
      ? `Run ${run.run} ended with ${counts.join(', ')}`
      : `Run ${run.run} failed: ${run.code}`,
    text: isIncomplete
      ? 'Everything else is published. Mend the reasons, then try these cells again.'
      : 'It could not go on. What was published before it failed stays published.',
    items: [oneLine(run.reason)],
    itemCount: isIncomplete ? run.refused + run.failed : 1,
    command: isIncomplete ? `npx tsx client/retry.ts --run ${run.run}` : 'npx tsx client/status.ts',
  };
}

/** Says that readers still see the old warehouse. */
export function rebuildWords([rebuild]: readonly [FindingOf<'rebuild'>, ...unknown[]]): Words {
  return {
    title: `The warehouse or its report could not be rebuilt: ${rebuild.code}`,
    text: 'What was published is safe, but readers still see the old one. Mend the reason, then try again.',
    items: [oneLine(rebuild.reason)],
    itemCount: 1,
    command: 'npx tsx client/retry.ts --all',
  };
}

/** Says that an alert is over. */
export function overWords(title: string, incidentCount: number): Words {
  return {
    title: `Over: ${title}`,
    text: `What was left of it (${countOf(incidentCount, 'case')}) is so no more.`,
    items: [],
    itemCount: 0,
    command: null,
  };
}
