import type { CellKey } from './cell.ts';

/** What the Web UI shows as a cell's current details: a short paragraph and a list. */
export function cellDetails(cell: CellKey, state: string, reason: string, todo: readonly string[]): string {
  const steps = todo.map((step) => `- ${step}`).join('\n');
  return [`**${cell.ticker} ${cell.date}** (${cell.dataset}): **${state}**`, reason, steps]
    .filter(Boolean)
    .join('\n\n');
}

/** What a person can do about a cell that could not go on. */
export function cellRemedies(cell: CellKey): string[] {
  return [
    'In this UI: *Reset* to the first task, or *Start Workflow Like This One*',
    `In a terminal: \`npx tsx client/retry.ts ${cell.date} ${cell.ticker}\``,
    `Refused though it is right: \`npx tsx client/accept.ts ${cell.date} ${cell.ticker}\``,
    `To give it up: \`npx tsx client/skip.ts ${cell.date} ${cell.ticker} --reason "…"\``,
    'Left alone, the daily runs of the next seven days take it up again',
  ];
}
