import type { CellStanding } from '../run/cells-of-request.ts';

/** Something that a person can do about a cell; the command stands by itself, to be copied. */
export interface NextStep {
  readonly words: string;
  readonly command?: string;
}

/** What a dataset is to an asset: its first source, one of the others, or none. */
export type CellRole = 'first' | 'fallback' | 'none';

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
        role === 'first'
          ? { words: 'Left alone, the daily runs of the next seven days take it up again.' }
          : { words: 'Left alone, a run asks for it again where the sources before it fail again.' },
      ];
  }
}
