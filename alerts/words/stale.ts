import type { FindingOf, Words } from '../alert.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { firstItems } from './text.ts';

type Stale = FindingOf<'stale'>;

/** Says which assets of a dataset are further behind than its contract promises. */
export function staleWords(assets: readonly [Stale, ...Stale[]]): Words {
  const [first] = assets;
  const promise = `its contract promises ${countOf(first.limitDays, 'day')} at most`;
  return {
    title:
      assets.length === 1
        ? `${first.ticker} is ${countOf(first.days, 'day')} behind; ${promise}`
        : `${assets.length} assets of ${first.dataset} are behind; ${promise}`,
    text: 'Counted from the newest published day to the newest open day that is final, so that no closed market is late. Look whether cells were refused or failed, and whether the schedule ticks.',
    items: firstItems(assets.map(itemOf)),
    itemCount: assets.length,
    command: 'npx tsx client/daily.ts',
  };
}

function itemOf({ ticker, newest, due, days }: Stale): string {
  const have = newest === null ? 'nothing published yet' : `newest ${newest}`;
  return `${ticker}: ${have}, ${due ?? 'more'} could be there; ${countOf(days, 'day')} behind`;
}
