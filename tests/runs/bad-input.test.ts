import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCellRecords } from '../../lake/records.ts';
import { projectFolder } from '../../settings.ts';
import { startSampleMarket, type Fault, type SampleMarket } from '../../sources/sample/server.ts';
import { inLake, partitionId } from '../../workflows/pure/ids.ts';
import {
  eventsOf,
  hashesBelow,
  massiveCell,
  newestRecord,
  seenCells,
  warehouseCloses,
  type SeenCell,
} from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { until } from '../support/until.ts';

const noon = new Date('2026-11-20T12:00:00Z');
const answerTimeoutMs = 1_000;
/** One asset that no API knows, on each source. */
const strangers = [
  {
    ticker: 'NOSTOCK',
    class: 'stock',
    calendar: 'nyse',
    symbol: 'NOSUCHSTOCK',
    dataset: 'massive.daily_bars',
  },
  {
    ticker: 'NOCOIN',
    class: 'crypto',
    calendar: 'every-day',
    symbol: 'no-such-coin',
    dataset: 'coingecko.market_chart',
  },
].map(({ symbol, dataset, ...asset }) => ({ ...asset, currency: 'USD', sources: [{ dataset, symbol }] }));

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let sqlFolder: string;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  sqlFolder = await mkdtemp(join(tmpdir(), 'sql-'));
  await cp(join(projectFolder, 'sql'), sqlFolder, { recursive: true });
  const { assets } = await defaultAssets();
  worked = await workTestLake({
    address: server.address,
    market,
    now: noon,
    overlay: { assets: [...assets, ...strangers] },
    withDeps: (deps) => ({
      ...deps,
      sqlFolder,
      accessTo: (source) => ({ ...deps.accessTo(source), timeoutMs: answerTimeoutMs }),
    }),
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
  await rm(sqlFolder, { recursive: true, force: true });
});

async function defaultAssets(): Promise<{ assets: unknown[] }> {
  const { parse } = await import('yaml');
  return parse(await readFile(join(projectFolder, 'marketlake.yaml'), 'utf8')) as { assets: unknown[] };
}

interface Story {
  readonly end: TestRunEnd;
  readonly requests: SampleMarket['requests'];
  readonly batches: number;
  readonly cells: readonly SeenCell[];
}

/** Runs one range of some tickers over a market that misbehaves as ordered, and gathers what can be seen. */
async function story(faults: readonly Fault[], from: string, to: string, tickers: string[]): Promise<Story> {
  const { lake } = worked;
  const batchesBefore = await countBatches();
  market.forgetRequests();
  for (const fault of faults) market.order(fault);
  const end = await runRequest(lake, backfillOf({ from, to }, { tickers }));
  market.clearFaults();
  const cells = (await seenCells(lake)).filter(
    ({ date, ticker }) => date >= from && date <= to && tickers.includes(ticker),
  );
  return { end, requests: market.requests, batches: (await countBatches()) - batchesBefore, cells };
}

async function countBatches(): Promise<number> {
  const files = await worked.lake.store.list('staging');
  return files.filter((file) => file.endsWith('/manifest.json')).length;
}

const statesOf = (cells: readonly SeenCell[], ticker: string): string[] =>
  cells.filter((cell) => cell.ticker === ticker).map(({ state }) => state);
const reasonOf = (cells: readonly SeenCell[], ticker: string): string =>
  cells.find((cell) => cell.ticker === ticker)?.reason ?? '';

describe('a wrong key', () => {
  it('fails the windows of its source once each, and every other source publishes everything', async () => {
    const strict = await startSampleMarket({ keys: { massive: 'the-right-key' } });
    const other = await workTestLake({
      address: server.address,
      market: strict,
      now: noon,
      environment: { MASSIVE_API_KEY: 'not-the-right-key' },
    });
    try {
      const end = await runRequest(other.lake, backfillOf({ days: 5 }));
      expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 13, refused: 0 } });
      const cells = await seenCells(other.lake);
      expect(statesOf(cells, 'BTC')).toEqual(Array<string>(5).fill('published'));
      expect(statesOf(cells, 'EURUSD')).not.toContain('failed');
      const failed = cells.filter(({ state }) => state === 'failed');
      expect(failed.length).toBeGreaterThan(15);
      expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['KeyRefused']));
      expect(failed[0]?.reason).toContain('Set MASSIVE_API_KEY to a valid key.');
      const asked = strict.requests.filter(({ source }) => source === 'massive').map(({ path }) => path);
      expect(asked.length).toBe(new Set(asked).size);
      expect(end.message).toContain('MASSIVE_API_KEY');
      expect(end.message).not.toContain('not-the-right-key');
    } finally {
      await other.close();
      await strict.close();
    }
  });
});

describe('a range that the plan does not reach', () => {
  it('on CoinGecko (10012) fails at once with its reason, while Massive publishes', async () => {
    const fault: Fault = { kind: 'not-authorized', times: null, match: { source: 'coingecko' } };
    const { end, requests, cells } = await story([fault], '2026-10-05', '2026-10-06', ['BTC', 'AAPL']);
    expect(end.tally).toMatchObject({ published: 2, failed: 2 });
    expect(requests.filter(({ source }) => source === 'coingecko')).toHaveLength(1);
    expect(statesOf(cells, 'BTC')).toEqual(['failed', 'failed']);
    expect(cells.find(({ ticker }) => ticker === 'BTC')?.code).toBe('RangeRefused');
    expect(reasonOf(cells, 'BTC')).toContain('10012');
    expect(statesOf(cells, 'AAPL')).toEqual(['published', 'published']);
  });

  it('on Massive (NOT_AUTHORIZED) fails at once with its reason, while CoinGecko publishes', async () => {
    const fault: Fault = { kind: 'not-authorized', times: null, match: { source: 'massive' } };
    const { end, requests, cells } = await story([fault], '2026-10-07', '2026-10-08', ['BTC', 'AAPL']);
    expect(end.tally).toMatchObject({ published: 2, failed: 2 });
    expect(requests.filter(({ source }) => source === 'massive')).toHaveLength(1);
    expect(cells.find(({ ticker }) => ticker === 'AAPL')?.code).toBe('RangeRefused');
    expect(reasonOf(cells, 'AAPL')).toContain('NOT_AUTHORIZED');
    expect(statesOf(cells, 'BTC')).toEqual(['published', 'published']);
  });
});

describe('trouble that passes is retried, with one batch in the end:', () => {
  const troubles: readonly { readonly title: string; readonly date: string; readonly fault: Fault }[] = [
    { title: '429 without Retry-After', date: '2026-09-01', fault: { kind: 'status', status: 429 } },
    { title: '500, then fine', date: '2026-09-02', fault: { kind: 'status', status: 500 } },
    {
      title: '503 with a web page',
      date: '2026-09-03',
      fault: { kind: 'status', status: 503, body: 'html' },
    },
    { title: 'a reset connection', date: '2026-09-04', fault: { kind: 'reset' } },
    { title: 'a body that breaks off', date: '2026-09-08', fault: { kind: 'truncated', cut: 'connection' } },
    { title: 'half of the JSON', date: '2026-09-09', fault: { kind: 'truncated', cut: 'json' } },
    { title: 'no answer in time', date: '2026-09-10', fault: { kind: 'slow', delayMs: 5 * answerTimeoutMs } },
    { title: 'a web page with 200', date: '2026-09-11', fault: { kind: 'html' } },
    { title: 'another shape with 200', date: '2026-09-14', fault: { kind: 'wrong-shape' } },
  ];

  it.each(troubles)('$title', async ({ date, fault }) => {
    const leftBefore = await worked.lake.store.list('incoming');
    const { end, requests, batches, cells } = await story([fault], date, date, ['AAPL']);
    expect(end.outcome).toBe('completed');
    expect(requests.map(({ path }) => path)).toEqual(
      Array(2).fill(`/massive/v2/aggs/ticker/AAPL/range/1/day/${date}/${date}`),
    );
    expect(requests[0]?.faults).toEqual([fault.kind]);
    expect(batches).toBe(1);
    expect(statesOf(cells, 'AAPL')).toEqual(['published']);
    expect(await eventsOf(worked.lake, massiveCell('AAPL', date))).toEqual(['published']);
    expect(await worked.lake.store.list('incoming')).toEqual(leftBefore);
  });

  it('429 with Retry-After, no sooner than it says', async () => {
    const fault: Fault = { kind: 'status', status: 429, retryAfterSeconds: 3 };
    const { end, requests, batches } = await story([fault], '2026-09-15', '2026-09-15', ['AAPL']);
    expect(end.outcome).toBe('completed');
    const [first = Number.NaN, second = Number.NaN] = requests.map(({ at }) => Date.parse(at));
    expect(requests).toHaveLength(2);
    // Without the header the second attempt comes after one second.
    expect(second - first).toBeGreaterThanOrEqual(3_000);
    expect(batches).toBe(1);
  });
});

describe('an answer that stays no data', () => {
  it.each([
    {
      title: 'a web page',
      date: '2026-09-16',
      fault: { kind: 'html', times: null } as const,
      quote: '<!DOCTYPE html>',
    },
    {
      title: 'another shape',
      date: '2026-09-17',
      fault: { kind: 'wrong-shape', times: null } as const,
      quote: 'switched off',
    },
  ])(
    '($title) fails its window with the first bytes, keeps the raw bytes and publishes nothing',
    async (given) => {
      const { lake } = worked;
      const raw = await hashesBelow(lake.store, 'refused/raw');
      const { end, requests, batches, cells } = await story([given.fault], given.date, given.date, ['AAPL']);
      expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 0, failed: 1 } });
      expect(requests).toHaveLength(2);
      expect(batches).toBe(0);
      expect(cells).toMatchObject([{ state: 'failed', code: 'WrongShape' }]);
      expect(reasonOf(cells, 'AAPL').toLowerCase()).toContain(given.quote.toLowerCase());
      const kept = [...(await hashesBelow(lake.store, 'refused/raw')).keys()].filter(
        (file) => !raw.has(file),
      );
      expect(kept).toHaveLength(2);
      const text = await readFile(lake.store.pathOf(kept[0] ?? ''), 'utf8');
      expect(text.toLowerCase()).toContain(given.quote.toLowerCase());
      const id = `window/massive.daily_bars/AAPL/${given.date}..${given.date}`;
      const window = await lake.client.workflow.getHandle(inLake(lake.lake.id, id)).describe();
      expect(window.status.name).toBe('FAILED');
    },
  );
});

describe('an open day without data', () => {
  it('fails with that reason when the answer is empty, and leaves no file', async () => {
    const fault: Fault = { kind: 'results-empty', times: null, match: { source: 'massive' } };
    const { end, cells } = await story([fault], '2026-09-18', '2026-09-18', ['AAPL']);
    expect(end).toMatchObject({ type: 'RunIncomplete', tally: { failed: 1 } });
    expect(cells).toMatchObject([{ state: 'failed', code: 'NoData' }]);
    expect(reasonOf(cells, 'AAPL')).toContain('has no data for AAPL on 2026-09-18, an open day');
    const files = await worked.lake.store.list(
      'bronze/source=massive/resource=daily_bars/ticker=AAPL/date=2026-09-18',
    );
    expect(files).toEqual([]);
  });

  it('fails for symbols that no API knows, and leaves no file', async () => {
    const { end, cells } = await story([], '2026-09-21', '2026-09-21', ['NOSTOCK', 'NOCOIN', 'BTC']);
    expect(end.tally).toMatchObject({ published: 1, failed: 2 });
    expect(cells.find(({ ticker }) => ticker === 'NOSTOCK')).toMatchObject({
      state: 'failed',
      code: 'NoData',
    });
    expect(cells.find(({ ticker }) => ticker === 'NOCOIN')).toMatchObject({
      state: 'failed',
      code: 'SymbolUnknown',
    });
    const files = await worked.lake.store.list('bronze');
    expect(files.filter((file) => /ticker=NO(STOCK|COIN)/.test(file))).toEqual([]);
  });
});

describe('a day that is closed', () => {
  it('is recorded as closed without a file, a request or a failure', async () => {
    const { end, requests, cells } = await story([], '2026-09-05', '2026-09-07', ['AAPL']);
    expect(end).toMatchObject({ outcome: 'completed', tally: { published: 0, failed: 0 } });
    expect(requests).toEqual([]);
    // A weekend and Labor Day.
    expect(statesOf(cells, 'AAPL')).toEqual(['closed', 'closed', 'closed']);
  });
});

describe('a price that cannot be', () => {
  const lies = [
    { date: '2026-08-03', change: { op: 'set', value: 0 } },
    { date: '2026-08-04', change: { op: 'set', value: -1 } },
    { date: '2026-08-05', change: { op: 'set', value: null } },
    { date: '2026-08-06', change: { op: 'set', value: 'NaN' } },
    { date: '2026-08-07', change: { op: 'cross' } },
    { date: '2026-08-10', change: { op: 'duplicate' } },
  ] as const;

  it('is refused, its candidate kept, and the old publication stays to the byte, in bronze and warehouse', async () => {
    const { lake } = worked;
    const request = backfillOf({ from: '2026-08-03', to: '2026-08-11' }, { tickers: ['MSFT'] });
    expect(await runRequest(lake, request)).toMatchObject({ outcome: 'completed' });
    const bronze = await hashesBelow(lake.store, 'bronze');
    const closes = await warehouseCloses(lake, 'MSFT');
    for (const lie of lies) market.order({ kind: 'patch-bar', symbol: 'MSFT', times: null, ...lie });
    const end = await runRequest(lake, { ...request, force: true } as typeof request);
    market.clearFaults();

    expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 1, refused: 6, failed: 0 } });
    expect(await hashesBelow(lake.store, 'bronze')).toEqual(bronze);
    expect(await warehouseCloses(lake, 'MSFT')).toEqual(closes);
    for (const { date } of lies) {
      const cell = massiveCell('MSFT', date);
      expect(await eventsOf(lake, cell)).toEqual(['published', 'refused']);
      const record = await newestRecord(lake, cell);
      expect(record).toMatchObject({ code: 'AuditRefused' });
      const said = JSON.parse(await readFile(lake.store.pathOf(record?.audit ?? ''), 'utf8')) as {
        keptAt: string;
        verdict: { outcome: string };
      };
      expect(said.verdict.outcome).toBe('failed');
      expect(await lake.store.sizeOf(said.keptAt)).toBeGreaterThan(0);
      expect(record?.reason).toContain(`npx tsx client/retry.ts ${date} MSFT`);
    }
    expect(await lake.store.list('candidates')).toEqual([]);
  });

  it('is red where a person looks: the workflow failed, with its reason, and can be found by its state', async () => {
    const { lake } = worked;
    const id = inLake(lake.lake.id, partitionId(massiveCell('MSFT', '2026-08-03')));
    const described = await lake.client.workflow.getHandle(id).describe();
    expect(described.status.name).toBe('FAILED');
    const failure: unknown = await lake.client.workflow
      .getHandle(id)
      .result()
      .catch((error: unknown) => (error as Error).cause);
    expect(failure).toMatchObject({ type: 'AuditRefused' });
    expect((failure as Error).message).toMatch(/found .*, wanted .*candidate.*refused\//s);
    const query = `PartitionState = 'refused' and Ticker = 'MSFT' and Source = 'massive' and PartitionDate = '2026-08-03'`;
    const found = await until(async () => {
      const { count } = await lake.client.workflow.count(query);
      return count > 0 ? count : undefined;
    });
    expect(found).toBe(1);
  });
});

describe('a warehouse that cannot be built', () => {
  it('fails the run with the model’s name, and the old warehouse still opens', async () => {
    const { lake } = worked;
    const model = join(sqlFolder, 'marts', 'fct_daily_returns.sql');
    const right = await readFile(model, 'utf8');
    const closes = await warehouseCloses(lake, 'MSFT');
    await writeFile(model, right.replace(/select \* from/, 'select no_such_column, * from'));
    const { end } = await story([], '2026-08-12', '2026-08-12', ['MSFT']);
    expect(end.outcome).toBe('failed');
    expect(end.type).not.toBe('RunIncomplete');
    expect(end.message).toContain('fct_daily_returns');
    expect(await warehouseCloses(lake, 'MSFT')).toEqual(closes);
    expect((await readCellRecords(lake.store, massiveCell('MSFT', '2026-08-12'))).at(-1)?.record.event).toBe(
      'published',
    );
    await writeFile(model, right);
  });

  it('fails the run with the test’s name and rows when a SQL test finds offenders', async () => {
    const { lake } = worked;
    const test = join(sqlFolder, 'tests', 'fct_daily_prices_are_tiny.sql');
    const closes = await warehouseCloses(lake, 'MSFT');
    await writeFile(
      test,
      '-- No price is above one.\nselect ticker, price_date, close from marts.fct_daily_prices where close > 1\n',
    );
    const { end } = await story([], '2026-08-13', '2026-08-13', ['MSFT']);
    expect(end.outcome).toBe('failed');
    expect(end.message).toContain('fct_daily_prices_are_tiny');
    expect(end.message).toMatch(/offending rows.*"ticker".*"close"/);
    expect(await warehouseCloses(lake, 'MSFT')).toEqual(closes);
    await rm(test);
  });

  it('is caught up by the next run once its SQL is right', async () => {
    const { lake } = worked;
    const { end } = await story([], '2026-08-14', '2026-08-14', ['MSFT']);
    expect(end.outcome).toBe('completed');
    const dates = [...(await warehouseCloses(lake, 'MSFT')).keys()];
    expect(dates).toEqual(expect.arrayContaining(['2026-08-12', '2026-08-13', '2026-08-14']));
  });
});
