import { wholeDayTicker } from '../../sources/snapshot.ts';
import type { CellStanding } from '../run/cells-of-request.ts';

/** Something that a person can do about a cell; the command stands by itself, to be copied. */
export interface NextStep {
  readonly words: string;
  readonly command?: string;
}

/** What a dataset is to a ticker: its first source, one of the others, the snapshot it is a member of, or none. */
export type CellRole = 'first' | 'fallback' | 'snapshot' | 'none';

/** Says what a person can do about a cell, or that nothing is to be done. */
export function nextSteps({ state, date, ticker, dataset, code }: CellStanding, role: CellRole): NextStep[] {
  const named = `${date} ${ticker}${role === 'fallback' ? ` --dataset ${dataset}` : ''}`;
  const retry = `npx tsx client/retry.ts ${named}`;
  const skip = { words: 'Or give it up:', command: `npx tsx client/skip.ts ${named} --reason "…"` };
  if (role === 'none')
    return [
      { words: `Nothing: ${ticker} is no asset of marketlake.yaml in this dataset, so no plan asks for it.` },
    ];
  switch (state) {
    case 'published':
      if (role === 'snapshot') return [{ words: 'Nothing. How a past day stood cannot be asked for again.' }];
      return [{ words: 'Nothing. To ask the source again:', command: `${retry} --force` }];
    case 'closed':
      return [{ words: 'Nothing: there is no price on a day without a session.' }];
    case 'waiting':
      return [
        { words: 'Nothing: once its day is final it goes on by itself, or the next daily run takes it.' },
      ];
    case 'running':
      return [{ words: 'Wait for it, or look at its workflow.' }];
    case 'skipped':
      return [{ words: 'Nothing: no plan asks for it. To ask for it all the same:', command: retry }];
    case 'missing':
      return [{ words: 'Fetch it:', command: retry }, skip];
    case 'refused':
    case 'failed':
      return [
        ...(code ? [{ words: `docs/errors.md says what ${code} means, and what to do.` }] : []),
        { words: 'When the reason is mended:', command: retry },
        skip,
        leftAlone(ticker, role),
      ];
  }
}

function leftAlone(ticker: string, role: CellRole): NextStep {
  if (role === 'fallback')
    return { words: 'Left alone, a run asks for it again where the sources before it fail again.' };
  return {
    words:
      role === 'snapshot' && ticker === wholeDayTicker
        ? 'Left alone, the next daily run takes it while it is that day, and gives it up afterwards.'
        : 'Left alone, the daily runs of the next seven days take it up again.',
  };
}
