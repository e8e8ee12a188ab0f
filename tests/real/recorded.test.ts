import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coincapSource } from '../../sources/coincap.ts';
import { coingeckoSource } from '../../sources/coingecko.ts';
import { coinpaprikaSource } from '../../sources/coinpaprika.ts';
import { massiveSource } from '../../sources/massive.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { Ask, Resource } from '../../sources/source.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import {
  accessTo,
  cellOf,
  rangeAsk,
  recordedError,
  recordedIn,
  resourceOf,
  sharedFolder,
  startApi,
  type TestApi,
} from '../sources/support.ts';

const folder = join(sharedFolder, 'recorded');
const isShared = existsSync(folder);

interface Answer {
  readonly name: string;
  readonly status: number;
  readonly body: string;
}

/** Every answer there is, whatever service and endpoint it came from. */
function everyAnswer(): Answer[] {
  return ['coincap', 'coingecko', 'errors', 'massive'].flatMap((service) =>
    readdirSync(join(folder, service)).flatMap((file): Answer[] => {
      const name = `${service}/${file}`;
      if (file.endsWith('.yml')) return recordedIn(name).map((recorded) => ({ name, ...recorded }));
      if (!file.endsWith('.json')) return [];
      if (service !== 'errors')
        return [{ name, status: 200, body: readFileSync(join(folder, name), 'utf8') }];
      const { status, body } = recordedError(file);
      return [{ name, status: status ?? 200, body: JSON.stringify(body) }];
    }),
  );
}

interface Reader {
  readonly reader: string;
  readonly resource: Resource;
  readonly ask: Ask;
  readonly symbol: string;
  /** Days that reach beyond every answer there is, on both sides. */
  readonly days: readonly string[];
  /** The answers that are its own; it refuses all others. */
  readonly reads: readonly string[];
}

const nullResults = 'errors/polygon_200_results_null.json';
const readers: readonly Reader[] = [
  {
    reader: 'coingecko.market_chart',
    resource: resourceOf(coingeckoSource(), 'market_chart'),
    ask: rangeAsk('bitcoin', '2021-02-14', '2021-05-14', '2021-05-15'),
    symbol: 'bitcoin',
    days: datesBetween('2021-01-01', '2021-06-01'),
    reads: ['daily', 'hourly', 'minutely', 'minutely'].map(
      (kind) => `coingecko/${kind}_historical_prices_for_one_coin.yml`,
    ),
  },
  {
    reader: 'massive.daily_bars',
    resource: resourceOf(massiveSource(), 'daily_bars'),
    ask: rangeAsk('AAPL', '2019-01-01', '2020-12-31'),
    symbol: 'AAPL',
    days: datesBetween('2018-12-01', '2021-01-31'),
    reads: [nullResults, 'massive/aggregates_AAPL_daily.json', 'massive/stocks_aggregates.yml'],
  },
  {
    reader: 'massive.daily_bars of a whole market',
    resource: resourceOf(massiveSource(), 'daily_bars'),
    ask: { kind: 'grouped', group: 'stocks', date: '2019-02-01' },
    symbol: 'AAPL',
    days: ['2019-02-01'],
    // The previous close of one stock has the shape of a whole market, and is a row of another day there.
    reads: [nullResults, 'massive/stocks_grouped_daily.yml', 'massive/stocks_previous_close.yml'],
  },
  {
    reader: 'coincap.history',
    resource: resourceOf(coincapSource(), 'history'),
    ask: rangeAsk('bitcoin', '2019-01-01', '2021-05-14'),
    symbol: 'bitcoin',
    days: ['2020-01-14'],
    reads: [],
  },
  {
    reader: 'coincap.assets',
    resource: resourceOf(coincapSource(), 'assets'),
    ask: { kind: 'snapshot', top: 100, date: '2020-01-14' },
    symbol: 'bitcoin',
    days: ['2020-01-14'],
    reads: ['coincap/coincap_v2_assets.json'],
  },
  {
    reader: 'coinpaprika.historical',
    resource: resourceOf(coinpaprikaSource(), 'historical'),
    ask: rangeAsk('btc-bitcoin', '2019-01-01', '2021-05-14'),
    symbol: 'btc-bitcoin',
    days: ['2020-01-14'],
    reads: [],
  },
  {
    reader: 'coinpaprika.tickers',
    resource: resourceOf(coinpaprikaSource(), 'tickers'),
    ask: { kind: 'snapshot', top: 100, date: '2023-07-11' },
    symbol: 'btc-bitcoin',
    days: ['2023-07-11'],
    // The one that was recorded is an element of the list, without the list.
    reads: [],
  },
];

describe.skipIf(!isShared)(
  `every recorded answer${isShared ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    let api: TestApi;
    let current: Answer;

    beforeAll(async () => {
      api = await startApi((_, response) =>
        response.writeHead(current.status, { 'content-type': 'application/json' }).end(current.body),
      );
    });
    afterAll(() => api.close());

    it.each(readers)('is read whole by $reader, or refused with a typed error', async (reader) => {
      const { resource, ask, symbol, days } = reader;
      const read: string[] = [];
      for (const answer of everyAnswer()) {
        current = answer;
        try {
          const { body } = await resource.send(resource.firstPage(ask), accessTo(api.url));
          const { rowCount } = resource.readPage({ body }, ask);
          const rows = days.flatMap((day) => resource.rowsOfCell([{ body }], ask, cellOf(symbol, day)));
          if (ask.kind === 'range') expect(rows, answer.name).toHaveLength(rowCount);
          expect(rows.map(({ close }) => typeof close)).toEqual(rows.map(() => 'number'));
          read.push(answer.name);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
        }
      }
      expect(read).toEqual(reader.reads);
    });
  },
);
