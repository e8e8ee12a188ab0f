import { quotaWaitSentence } from '../../workflows/pure/quota/wait.ts';
import { units } from '../../workflows/pure/quota/periods.ts';
import { table } from '../command/table.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { SourceLeft } from './quota-left.ts';

const mostWaiting = 10;

/** Says how the quotas of one source stand, and who waits for what. */
export function quotaLines(left: SourceLeft): string[] {
  const { source, keyName, dailyShare, dailyUsed, forOthers, heldUntil } = left;
  const rows = units.map((unit) => {
    const { used, limit, left: free, resetsAt } = left.units[unit];
    return [`  ${unit}`, String(used), String(limit ?? '–'), String(free ?? '–'), clock(resetsAt)];
  });
  const isLimited = left.units.day.limit !== null || left.units.month.limit !== null;
  return [
    `${source}, ${keyName === 'keyless' ? 'without a key' : `key ${keyName}`}`,
    ...table([['  requests', 'used', 'allowed', 'left', 'begins anew'], ...rows], new Set([1, 2, 3])),
    ...(isLimited
      ? [
          `  daily runs: ${dailyShare} a day kept for them, ${dailyUsed} used today; others may send ${forOthers.day ?? 'any number'} more today`,
        ]
      : []),
    ...(heldUntil === null ? [] : [`  everybody is held back until ${clock(heldUntil)}, after an HTTP 429`]),
    ...waitingLines(left),
  ];
}

function waitingLines({ source, waiting }: SourceLeft): string[] {
  const shown = waiting.slice(0, mostWaiting).map(({ lake, run, label, reason, until }) => {
    const who = `${lake}/${run} (${label})`;
    return `  ${who} ${quotaWaitSentence({ source, reason, until })}`;
  });
  const more = waiting.length - shown.length;
  return more > 0 ? [...shown, `  and ${countOf(more, 'more request')} waiting`] : shown;
}

function clock(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
