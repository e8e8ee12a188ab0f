import type { Asset, Settings } from '../../settings.ts';
import { createSources } from '../../sources/index.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import type { Finding } from './finding.ts';

/**
 * Warns of each asset that is said to be priced in another currency than its symbol is: a price in a stablecoin that
 * is called dollars is wrong by what the stablecoin is off, and nothing else notices.
 */
export function checkCurrencies({ assets, csvFiles }: Pick<Settings, 'assets' | 'csvFiles'>): Finding[] {
  const sources = createSources({ csvFiles });
  return assets.flatMap((asset) =>
    asset.sources.flatMap(({ dataset, symbol }) => {
      const { source, resource } = splitDataset(dataset);
      const currency = sources.get(source)?.resources[resource]?.currencyOf?.(symbol);
      return currency === undefined || currency === asset.currency
        ? []
        : [differing(asset, `${source}’s ${symbol}`, currency)];
    }),
  );
}

function differing({ ticker, currency }: Asset, symbol: string, found: string): Finding {
  return {
    check: 'currency',
    verdict: 'warn',
    blame: 'configuration',
    found: `${ticker} is said to be priced in ${currency ?? 'no currency'}, and ${symbol} is in ${found}`,
    fix: `write currency: ${found} at ${ticker}, or take it from a source that has it in ${currency ?? 'points'}`,
  };
}
