import { expect, it } from 'vitest';
import { plannedAssets } from '../../plan/planned-assets.ts';
import { loadSettings } from '../../settings.ts';
import { knownSources } from '../../sources/index.ts';
import { sourceAccess } from '../../sources/source-access.ts';

const settings = loadSettings({});
const now = new Date('2026-11-20T12:00:00Z');

/** Plans one asset of a dataset, with the settings as they come. */
function plannedOf(dataset: string): ReturnType<typeof plannedAssets> {
  const asset = {
    ...{ ticker: 'BTC', class: 'crypto' as const, calendar: 'every-day' as const, currency: 'USD' },
    sources: [{ dataset, symbol: 'bitcoin' }],
  };
  const accessTo = sourceAccess(settings, null);
  return plannedAssets(
    { assets: [asset], sources: knownSources, settings: settings.sources, csvFiles: {}, accessTo },
    now,
  );
}

it.each(['coingeko.market_chart', 'coingecko.marketchart'])(
  'an asset of %s, which no source offers, is refused with the datasets that there are',
  async (dataset) => {
    await expect(plannedOf(dataset)).rejects.toMatchObject({
      code: 'PlanRefused',
      message: expect.stringMatching(
        new RegExp(
          `^BTC names dataset ${dataset}, which does not exist\\. Write one of: .*coingecko\\.market_chart`,
        ),
      ) as string,
    });
  },
);

it('an asset has what is usual of its source where marketlake.yaml says nothing else', async () => {
  const usual = { final: { time: '00:45', timeZone: 'UTC' }, historyDays: 365 };
  expect(await plannedOf('coingecko.market_chart')).toMatchObject([{ symbol: 'bitcoin', ...usual }]);
});
