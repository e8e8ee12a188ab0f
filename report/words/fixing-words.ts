import type { AssetOfReport } from '../read/report-data.ts';
import { countOf } from './numbers.ts';

/** More tickers of one fixing than this are counted. */
const mostNamed = 5;

type Fixed = Pick<AssetOfReport, 'ticker' | 'fixing' | 'observed_days'>;

/** Says of which instants the closes of one date are; null where there is no close at all. */
export function fixingWords(assets: readonly Fixed[]): string | null {
  const groups = new Map<string | null, string[]>();
  for (const { ticker, fixing } of assets.filter((asset) => asset.observed_days > 0))
    groups.set(fixing, [...(groups.get(fixing) ?? []), ticker]);
  const [[only, tickers] = [null, []], ...others] = [...groups];
  if (tickers.length === 0) return null;
  if (others.length === 0)
    return only === null
      ? 'Nobody says when these closes are fixed.'
      : `All closes are fixed alike: ${only}.`;
  const each = [...groups].map(([fixing, own]) => `${fixing ?? 'nobody says when'} (${named(own)})`);
  return `Closes of one date are not of one instant: ${each.join('; ')}.`;
}

function named(tickers: readonly string[]): string {
  if (tickers.length <= mostNamed) return tickers.join(', ');
  return `${tickers.slice(0, mostNamed - 1).join(', ')} and ${countOf(tickers.length - mostNamed + 1, 'other')}`;
}
