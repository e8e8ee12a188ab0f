import type { z } from 'zod';
import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { Listing } from '../calendars/index.ts';

/** What an asset says of its symbols. */
interface Claimant extends Listing {
  readonly ticker: string;
  readonly sources: readonly { readonly dataset: string; readonly symbol: string }[];
}

const [beginning, end]: readonly [PartitionDate, PartitionDate] = ['0000-01-01', '9999-12-31'];

/** Refuses two assets that claim one symbol of a dataset on one day: each would be given the other's prices. */
export function refuseSharedSymbols(assets: readonly Claimant[], context: z.RefinementCtx): void {
  const claims = new Map<string, Claimant[]>();
  assets.forEach((asset, place) => {
    for (const [index, { dataset, symbol }] of asset.sources.entries()) {
      const key = `${dataset} ${symbol}`;
      const others = claims.get(key) ?? [];
      const rival = others.find((other) => other !== asset && overlap(other, asset));
      claims.set(key, [...others, asset]);
      if (!rival) continue;
      const message =
        `${asset.ticker} and ${rival.ticker} both are ${symbol} of ${dataset} on the same days. ` +
        'Where one took the name over from the other, give that one delisted and this one listedFrom';
      context.addIssue({ code: 'custom', message, path: [place, 'sources', index, 'symbol'] });
    }
  });
}

function overlap(one: Claimant, other: Claimant): boolean {
  const [first, second] = [spanOf(one), spanOf(other)];
  return first.from <= second.to && second.from <= first.to;
}

function spanOf({ listedFrom = beginning, delisted }: Claimant): { from: PartitionDate; to: PartitionDate } {
  return { from: listedFrom, to: delisted?.on ?? end };
}
