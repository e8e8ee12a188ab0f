import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { massiveSource } from '../../sources/massive.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { RawPage, SnapshotAsk } from '../../sources/source.ts';
import {
  accessTo,
  codeOf,
  page,
  rangeAsk,
  recordedIn,
  refusalOf,
  resourceOf,
  sharedFolder,
} from './support.ts';

const splits = resourceOf(massiveSource(), 'splits');
const dividends = resourceOf(massiveSource(), 'dividends');
const ask: SnapshotAsk = { kind: 'snapshot', top: 1, date: '2026-11-21', since: '2026-10-17' };
const cell = { dataset: 'massive.splits', ticker: 'us-stocks', symbol: 'us-stocks', date: '2026-11-21' };
const split = (more: object = {}): object => ({
  ...{ id: 'E1', ticker: 'SMPL', execution_date: '2026-11-02', split_from: 1, split_to: 10 },
  ...more,
});
const answer = (results: unknown, more: object = {}): RawPage =>
  page({ status: 'OK', request_id: 'abc', results, ...more });

describe('a request', () => {
  it('asks for the whole market since a date, oldest first, as many as a page holds', () => {
    expect(splits.firstPage(ask).target).toBe(
      '/v3/reference/splits?execution_date.gte=2026-10-17&sort=execution_date&order=asc&limit=1000',
    );
    expect(dividends.firstPage(ask).target).toBe(
      '/v3/reference/dividends?ex_dividend_date.gte=2026-10-17&sort=ex_dividend_date&order=asc&limit=1000',
    );
  });

  it('is refused for a range, and without a date to begin with', async () => {
    expect(await codeOf(() => splits.firstPage(rangeAsk('SMPL', '2026-01-01', '2026-01-02')))).toBe(
      'RequestRefused',
    );
    expect(await codeOf(() => splits.firstPage({ kind: 'snapshot', top: 1, date: '2026-11-21' }))).toBe(
      'RequestRefused',
    );
  });
});

describe('an answer', () => {
  it('is one cell of all its rows, each with the date that was asked from', () => {
    const pages = [answer([split(), split({ id: 'E2', ticker: 'B/w', split_from: 8, split_to: 1 })])];
    expect(splits.membersOf?.(pages, ask)).toEqual({ ids: ['us-stocks'], repeated: [] });
    expect(splits.rowsOfCell(pages, ask, cell)).toEqual([
      {
        ...{ action_id: 'E1', symbol: 'SMPL', execution_date: '2026-11-02' },
        ...{ split_from: 1, split_to: 10, asked_since: '2026-10-17' },
      },
      {
        ...{ action_id: 'E2', symbol: 'B/w', execution_date: '2026-11-02' },
        ...{ split_from: 8, split_to: 1, asked_since: '2026-10-17' },
      },
    ]);
    expect(splits.rowsOfCell(pages, ask, { ...cell, date: '2026-11-20' })).toEqual([]);
  });

  it('counts a row once that comes on two pages, since another was added meanwhile', () => {
    const pages = [answer([split()]), answer([split(), split({ id: 'E2' })])];
    expect(splits.rowsOfCell(pages, ask, cell).map((row) => row['action_id'])).toEqual(['E1', 'E2']);
  });

  it.each([[[]], [null], [undefined]])('with results %j has no member, and so no cell', (results) => {
    expect(splits.readPage(answer(results), ask)).toEqual({ rowCount: 0 });
    expect(splits.membersOf?.([answer(results)], ask).ids).toEqual([]);
  });

  it('leads on at its own path only, without the key, wherever its address says', async () => {
    const next = (url: string): unknown => splits.readPage(answer([split()], { next_url: url }), ask).next;
    expect(next('https://elsewhere.example/v3/reference/splits?cursor=abc&apiKey=secret')).toEqual({
      target: '/v3/reference/splits?cursor=abc',
    });
    expect(await codeOf(() => next('https://api.massive.com/v2/aggs/ticker/X?cursor=abc'))).toBe(
      'WrongShape',
    );
    expect(await codeOf(() => next('https://api.massive.com/v3/reference/dividends?cursor=abc'))).toBe(
      'WrongShape',
    );
  });

  it('that is delayed is an answer, and a plan that lacks the list says so', async () => {
    expect(splits.readPage(answer([split()], { status: 'DELAYED' }), ask).rowCount).toBe(1);
    const refused = page({
      status: 'NOT_AUTHORIZED',
      request_id: 'x',
      message: 'You are not entitled to this data.',
    });
    expect(await codeOf(() => splits.readPage(refused, ask))).toBe('RangeRefused');
  });

  it.each([
    ['no id', { id: undefined }],
    ['no date', { execution_date: '2026-13-40' }],
    ['a ratio in text', { split_to: 'ten' }],
  ])('with %s is of another shape', async (_, more) => {
    expect(await codeOf(() => splits.readPage(answer([split(more)]), ask))).toBe('WrongShape');
  });

  it('keeps a ratio that cannot be one, so that one bad row does not lose the day', () => {
    const rows = splits.rowsOfCell([answer([split({ split_from: 0, split_to: null })])], ask, cell);
    expect(rows).toMatchObject([{ split_from: 0, split_to: null }]);
  });
});

describe.skipIf(!existsSync(sharedFolder))('recorded answers of the older lists', () => {
  it.each([
    ['splits', splits, 'id'],
    ['dividends', dividends, 'id'],
  ] as const)('of %s have other fields, and are refused by name', async (file, resource, missing) => {
    const [recorded] = recordedIn(`massive/reference_stocks_${file}.yml`);
    const refusal = await refusalOf(() => resource.readPage(page(recorded?.body), ask));
    expect(refusal).toMatchObject({ code: 'WrongShape' });
    expect(refusal.message).toContain(`results.0.${missing}`);
  });
});

describe('the sample market', () => {
  let market: SampleMarket;
  beforeAll(async () => {
    market = await startSampleMarket({ pageSize: 2 });
    market.setNow(new Date('2026-04-05T12:00:00Z'));
  });
  afterAll(() => market.close());

  /** All pages of a list as of the market's clock. */
  async function pagesOf(resource: typeof splits, since: string): Promise<RawPage[]> {
    const asked: SnapshotAsk = { ...ask, since };
    const pages: RawPage[] = [];
    for (let next: { target: string } | undefined = resource.firstPage(asked); next;) {
      const one = await resource.send(next, accessTo(`${market.url}/massive`));
      pages.push(one);
      next = resource.readPage(one, asked).next;
    }
    return pages;
  }
  const told = async (resource: typeof splits, since: string): Promise<unknown[]> =>
    resource
      .rowsOfCell(await pagesOf(resource, since), { ...ask, since }, cell)
      .map((row) => row['action_id']);

  it('tells its splits over several pages, and a late one only once it was told', async () => {
    const before = ['BA-2018-06-11', 'BA-2023-03-06', 'GE-2025-08-04'].map((id) => `synthetic-split-${id}`);
    expect(await told(splits, '2015-01-01')).toEqual(before);
    market.setNow(new Date('2026-04-06T12:00:00Z'));
    expect(await told(splits, '2015-01-01')).toEqual([...before, 'synthetic-split-WMT-2026-03-16']);
  });

  it('tells dividends that were declared, each of a listed stock', async () => {
    market.setNow(new Date('2026-05-01T12:00:00Z'));
    const ids = await told(dividends, '2026-05-01');
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^synthetic-dividend-[A-Z]+-2026-05-\d\d$/.test(String(id)))).toBe(true);
  });

  it('trades as told: bars jump at a split, and do not where they are asked for adjusted', async () => {
    market.setNow(new Date('2026-11-10T12:00:00Z'));
    const closes = async (adjusted: boolean): Promise<number[]> => {
      const url = `${market.url}/massive/v2/aggs/ticker/NFLX/range/1/day/2026-10-30/2026-11-02?adjusted=${adjusted}`;
      const body = (await (await fetch(url)).json()) as {
        readonly results: readonly { readonly c: number }[];
      };
      return body.results.map(({ c }) => c);
    };
    const [before = 0, after = 0] = await closes(false);
    expect(before / after).toBeGreaterThan(9);
    expect(await closes(true)).toEqual([expect.closeTo(before / 10, 3), after]);
  });
});
