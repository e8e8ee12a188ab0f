import type { Asker, WaitReason } from './ledger.ts';

/** A long wait for a quota, for whoever looks at the run or the cell that waits. */
export interface QuotaWait {
  readonly source: string;
  readonly reason: WaitReason;
  /** ISO UTC instant at which it goes on, at the soonest. */
  readonly until: string;
}

/** Tells for whom a run asks: a daily run by its id, and whatever it started. */
export function askerOf(run: string): Asker {
  return run.startsWith('daily/') ? 'daily' : 'other';
}

/** Says a wait in words, such as "waits for massive's quota of the day, until 2026-11-21 00:00 UTC". */
export function quotaWaitSentence({ source, reason, until }: QuotaWait): string {
  const at = `until ${until.slice(0, 16).replace('T', ' ')} UTC`;
  switch (reason) {
    case 'minute':
      return `waits for its turn to ask ${source}, ${at}`;
    case 'held':
      return `waits ${at}: ${source} said that it is asked too often`;
    case 'day':
    case 'month':
      return `waits for ${source}'s quota of the ${reason}, ${at}`;
  }
}
