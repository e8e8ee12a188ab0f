import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTickers } from '../../../sources/coinpaprika-tickers.ts';
import { coinpaprikaSource } from '../../../sources/coinpaprika.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import { accessTo, cellOf, rangeAsk, refusalOf, resourceOf } from '../support.ts';
import { ask, noon, openMarket, statusAndBody } from './support.ts';

const historical = resourceOf(coinpaprikaSource(), 'historical');
const lastWeek = rangeAsk('btc-bitcoin', '2026-11-13', '2026-11-19', '2026-11-20');

let market: SampleMarket;
beforeAll(async () => {
  market = await startSampleMarket({ now: () => noon, coins: 92 });
});
afterEach(() => market.clearFaults());
afterAll(() => market.close());

const access = () => accessTo(market.urlOf('coinpaprika'));
const urlOf = (path: string): string => `${market.urlOf('coinpaprika')}${path}`;
const rows = z.array(z.looseObject({ timestamp: z.string() }));

describe('a history', () => {
  it('tells every day of a range with its price, volume and market value', async () => {
    const page = await historical.send(historical.firstPage(lastWeek), access());
    expect(historical.readPage(page, lastWeek)).toEqual({ rowCount: 7 });
    const [found] = historical.rowsOfCell([page], lastWeek, cellOf('btc-bitcoin', '2026-11-19'));
    const { close, market_cap, volume } = found ?? {};
    expect([close, market_cap, volume].every((value) => Number(value) > 0)).toBe(true);
    expect(Number(market_cap) / Number(close)).toBeCloseTo(19_800_000, -1);
  });

  it('gives an empty text where it does not know the market value', async () => {
    const asked = rangeAsk('smp90-sample-coin-090', '2026-11-19', '2026-11-19', '2026-11-20');
    const page = await historical.send(historical.firstPage(asked), access());
    expect(new TextDecoder().decode(page.body)).toContain('"market_cap":""');
    const cell = cellOf('smp90-sample-coin-090', '2026-11-19');
    expect(historical.rowsOfCell([page], asked, cell)).toMatchObject([{ market_cap: null }]);
  });

  it('goes on to the running day unless an end is named, a thousand rows at the most unless a limit is', async () => {
    const found = await ask(urlOf('/tickers/btc-bitcoin/historical?start=2026-11-19&interval=1d'), rows);
    expect(found.map(({ timestamp }) => timestamp)).toEqual(['2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z']);
    const one = await ask(
      urlOf('/tickers/btc-bitcoin/historical?start=2026-11-13&interval=1d&limit=1'),
      rows,
    );
    expect(one.map(({ timestamp }) => timestamp)).toEqual(['2026-11-13T00:00:00Z']);
  });

  it.each([
    ['start=2026-11-13', 402],
    ['start=2026-11-13&interval=1h', 402],
    ['interval=1d', 400],
    ['start=2026-11-13&interval=1d&limit=5001', 400],
  ])('asked for with %s is refused with %i', async (query, status) => {
    const [found, body] = await statusAndBody(urlOf(`/tickers/btc-bitcoin/historical?${query}`));
    expect([found, z.strictObject({ error: z.string() }).safeParse(body).success]).toEqual([status, true]);
  });

  it('reaches back a year to the instant: midnight of the first day is too old in the course of the day', async () => {
    const reachOf = async (from: string): Promise<unknown> => {
      const asked = rangeAsk('btc-bitcoin', from, '2026-11-19', '2026-11-20');
      return historical.send(historical.firstPage(asked), access()).then(({ status }) => status);
    };
    const error = await refusalOf(() => reachOf('2025-11-20'));
    expect([error.code, error.facts.status]).toEqual(['RangeRefused', 402]);
    expect(error.message).toContain('before 2025-11-20 17:00:00.000');
    expect(await reachOf('2025-11-21')).toBe(200);
  });

  it('reaches back without limit on a plan that pays for it', async () => {
    const paid = await openMarket({ coins: 16, history: { coinpaprika: null } });
    const asked = rangeAsk('btc-bitcoin', '2020-01-01', '2020-01-02', '2026-11-20');
    const page = await historical.send(historical.firstPage(asked), accessTo(paid.urlOf('coinpaprika')));
    expect(historical.readPage(page, asked)).toEqual({ rowCount: 2 });
  });

  it('of an unknown coin is 404', async () => {
    const asked = rangeAsk('btc-litecoin', '2026-11-19', '2026-11-19', '2026-11-20');
    const error = await refusalOf(() => historical.send(historical.firstPage(asked), access()));
    expect([error.code, error.message.includes('id not found')]).toEqual(['SymbolUnknown', true]);
  });
});

describe('the list', () => {
  it('tells every coin in no order, those out of the ranking with the rank 0, and is read by rank', async () => {
    const body = new Uint8Array(await (await fetch(urlOf('/tickers'))).arrayBuffer());
    const told = z
      .array(z.object({ id: z.string(), rank: z.number() }))
      .parse(JSON.parse(new TextDecoder().decode(body)));
    expect(told).toHaveLength(92);
    expect(told.filter(({ rank }) => rank === 0).map(({ id }) => id)).toEqual(['smp90-sample-coin-090']);
    const read = readTickers(body);
    expect(read.slice(0, 2).map(({ id }) => id)).toEqual(['btc-bitcoin', 'eth-ethereum']);
    expect(read.map(({ row }) => row['market_cap_rank'])).toEqual(read.map((_, index) => index + 1));
  });
});

it('a key that belongs to it stands alone in its header', async () => {
  const paid = await openMarket({ coins: 16, keys: { coinpaprika: 'paid-key' } });
  const request = historical.firstPage(lastWeek);
  const base = accessTo(paid.urlOf('coinpaprika'));
  const error = await refusalOf(() => historical.send(request, { ...base, apiKey: 'other' }));
  expect([error.code, error.facts.status]).toEqual(['KeyRefused', 403]);
  expect((await historical.send(request, { ...base, apiKey: 'paid-key' })).status).toBe(200);
});
