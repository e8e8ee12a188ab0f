import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frankfurterSource } from '../../sources/frankfurter.ts';
import { addDays } from '../../workflows/pure/cell.ts';
import { MadeLake } from '../proof/made-lake.ts';
import { accessTo, cellOf, rangeAsk, resourceOf, startApi, type TestApi } from '../sources/support.ts';
import { pricesFolder } from './real-series.ts';

const isShared = existsSync(pricesFolder);
const rates = resourceOf(frankfurterSource(), 'daily_rates');
const [firstDay, lastDay] = ['1999-01-04', '2026-10-30'];
/** All of its history; one that ended; one that began late; large numbers; one with years of holes. */
const currencies = ['USD', 'BGN', 'CNY', 'IDR', 'ISK'];

/** The ECB's file as text: what stands in it of each day and currency, oldest day first. */
function readFixings(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const [head = '', ...lines] = readFileSync(join(pricesFolder, 'eurofxref-hist.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  const header = head.split(',');
  return new Map(
    lines.reverse().map((line) => {
      const fields = line.split(',');
      const quotes = fields.flatMap((text, index) =>
        index > 0 && text !== '' && text !== 'N/A' ? [[header[index] ?? '', text] as const] : [],
      );
      return [fields[0] ?? '', new Map(quotes)];
    }),
  );
}

/** Serves the file in the API's shape, its figures as they are written: a range begins with the fixing before it. */
function serveFixings(fixings: ReadonlyMap<string, ReadonlyMap<string, string>>): Promise<TestApi> {
  const days = [...fixings.keys()];
  return startApi((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const [from = '', to = ''] = url.pathname.replace('/v1/', '').split('..');
    const currency = url.searchParams.get('symbols') ?? '';
    const start = days.findLast((day) => day <= from) ?? from;
    const told = days
      .filter((day) => day >= start && day <= to)
      .flatMap((day) => {
        const text = fixings.get(day)?.get(currency);
        return text === undefined ? [] : [`"${day}":{"${currency}":${text}}`];
      });
    if (told.length === 0) return void response.writeHead(404).end('{"message":"not found"}');
    const [first, last] = [told[0]?.slice(0, 12), told.at(-1)?.slice(0, 12)];
    response.end(
      `{"amount":1.0,"base":"EUR","start_date":${first},"end_date":${last},"rates":{${told.join(',')}}}`,
    );
  });
}

describe.skipIf(!isShared)(
  `the ECB’s reference rates in Frankfurter’s shape${isShared ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    let fixings: ReadonlyMap<string, ReadonlyMap<string, string>>;
    let api: TestApi;
    let lake: MadeLake;

    beforeAll(async () => {
      fixings = readFixings();
      api = await serveFixings(fixings);
      const sources = [{ dataset: 'frankfurter.daily_rates', symbol: 'EURUSD' }];
      lake = await MadeLake.make({
        overlay: {
          assets: [{ ticker: 'EURUSD', class: 'fx', calendar: 'target', currency: 'USD', sources }],
        },
        environment: { FRANKFURTER_BASE_URL: `${api.url}/v1` },
      });
    });
    afterAll(async () => {
      await lake.remove();
      await api.close();
    });

    it.each(currencies)(
      'EUR%s: every figure of the file is read, to the last digit, and none beside it',
      async (currency) => {
        const read = new Map<string, unknown>();
        for (let from = firstDay; from <= lastDay; from = addDays(from, 365)) {
          const ask = rangeAsk(`EUR${currency}`, from, addDays(from, 364));
          const days = [...fixings.keys()].filter((day) => day >= ask.from && day <= ask.to);
          const answer = await rates
            .send(rates.firstPage(ask), accessTo(`${api.url}/v1`))
            .catch(() => undefined);
          if (answer === undefined) continue;
          for (const day of days) {
            const rows = rates.rowsOfCell([answer], ask, cellOf(ask.symbol, day));
            if (rows.length > 0) read.set(day, rows);
          }
        }
        const inFile = [...fixings].flatMap(([day, quotes]) => {
          const text = quotes.get(currency);
          return text === undefined ? [] : [[day, [{ close: Number(text) }]] as const];
        });
        expect(inFile.length).toBeGreaterThan(2000);
        expect(read).toEqual(new Map(inFile));
      },
    );

    it('go through source, write, audit and publish: the numbers in bronze are those of the file', async () => {
      const range = { from: '2026-10-03', to: '2026-10-30' };
      const ends = await lake.window({
        ticker: 'EURUSD',
        dataset: 'frankfurter.daily_rates',
        symbol: 'EURUSD',
        ...range,
      });
      expect(ends).toEqual(Array(20).fill('published'));
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const files = `${lake.store.pathOf('bronze')}/source=frankfurter/resource=daily_rates/**/*.parquet`;
      const rows = await connection.runAndReadAll(
        `select bar_date::varchar as date, close::varchar as close from read_parquet('${files}') order by 1`,
      );
      const inFile = [...fixings]
        .filter(([day]) => day >= range.from && day <= range.to)
        .map(([day, quotes]) => [day, quotes.get('USD')]);
      expect(rows.getRows()).toEqual(inFile);
      connection.closeSync();
      instance.closeSync();
    });
  },
);
