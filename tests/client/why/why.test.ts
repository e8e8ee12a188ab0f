import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLake, type OpenLake } from '../../../client/command/lake-client.ts';
import { readStory, type CellStory } from '../../../client/why/cell-story.ts';
import { nextSteps } from '../../../client/why/next-steps.ts';
import { storyLines } from '../../../client/why/story-lines.ts';
import { wrapped } from '../../../client/why/wrapped.ts';
import { keepArrived, sealBatch } from '../../../lake/batches.ts';
import { recordClosedDays } from '../../../lake/closed-days.ts';
import { jsonBytes } from '../../../lake/json.ts';
import { auditFile } from '../../../lake/layout.ts';
import { loadSettings } from '../../../settings.ts';
import { cellStates, type CellState } from '../../../workflows/pure/cell.ts';
import { bitcoin, type RecordedLake } from '../../warehouse/recorded-lake.ts';
import { restatedPlace, restatement } from '../restated-place.ts';
import type { Place } from '../support.ts';

const uiUrl = 'http://127.0.0.1:8233';
const target = '/coins/bitcoin/market_chart?vs_currency=usd&days=6';

let place: Place;
let open: OpenLake;

beforeAll(async () => {
  const made = await restatedPlace();
  place = made.place;
  await addBatch(made.lake);
  await addVerdicts(made.lake);
  const about = { run: 'backfill/x', workflowRunId: 'w', recordedAt: '2024-03-04T00:00:00.000Z' };
  await recordClosedDays(made.lake.store, about, [
    { ...bitcoin('2024-03-03'), reason: 'an invented holiday' },
  ]);
  open = await openLake(loadSettings({ MARKETLAKE_DATA_DIR: place.lake, MARKETLAKE_CONFIG: place.config }));
});
afterAll(() => place.remove());

/** Seals the batch that the restatement names; the one of the first publication is not there. */
async function addBatch({ store }: RecordedLake): Promise<void> {
  const page = { index: 0, request: { target }, status: 200, contentType: null, rowCount: 6 };
  await keepArrived(store, 'batch-3', { ...page, body: Buffer.from('{}') }, new Date(restatement));
  const window = 'window/coingecko.market_chart/BTC/2024-02-28..2024-03-02';
  const ask = { kind: 'range', symbol: 'bitcoin', from: '2024-02-28', to: '2024-03-02' } as const;
  const facts = { batchId: 'batch-3', dataset: 'coingecko.market_chart', ask, window, workflowId: window };
  await sealBatch(store, 'coingecko', { ...facts, workflowRunId: 'run-w' }, 1);
}

/** A verdict that refused the first day's first candidate, and one that let its second pass. */
async function addVerdicts({ store }: RecordedLake): Promise<void> {
  const check = {
    rule: 'close.exclusiveMinimum',
    severity: 'error',
    dimension: 'accuracy',
    expected: 'close > 0',
  };
  const verdict = (outcome: string, measured: string, offenders: unknown[]): object => ({
    run: 'daily/test',
    batch: { id: 'batch-1', ingestionDate: '2024-02-29' },
    workflowRunId: 'run-1',
    contractVersion: '1.0.0',
    verdict: { outcome, ruleCount: 1, checks: [{ ...check, outcome, measured, offenders }] },
  });
  const cell = bitcoin('2024-02-28');
  const refused = {
    ...verdict('failed', '1', [{ ticker_id: 'BTC', close: '-3' }]),
    keptAt: 'refused/x.parquet',
  };
  const passed = verdict('passed', '0', []);
  await store.put(
    auditFile(cell, 'run-1.4.1'),
    jsonBytes({ ...refused, auditedAt: '2024-02-29T00:20:00.000Z' }),
  );
  await store.put(
    auditFile(cell, 'run-1.4.2'),
    jsonBytes({ ...passed, auditedAt: '2024-02-29T00:25:00.000Z' }),
  );
}

async function storyOf(date: string, state: CellState = 'published'): Promise<CellStory> {
  return readStory(open, { ...bitcoin(date), state });
}

async function told(date: string): Promise<string[]> {
  const places = { uiUrl, namespace: 'default', lakeId: 'sample-x' };
  return storyLines(await storyOf(date), places).flatMap(({ title, facts }) => [title, ...facts]);
}

describe('the story of a cell', () => {
  it('is told in the order in which it happened', async () => {
    const places = { uiUrl, namespace: 'default', lakeId: 'sample-x' };
    const lines = storyLines(await storyOf('2024-02-28'), places);
    expect(lines.map(({ title }) => title.split(/[ ,:]/)[0])).toEqual([
      'audited',
      'audited',
      'record',
      'asked',
      'record',
    ]);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort());
  });

  it('has each check that refused it, with what was measured and expected, the row, and every attempt', async () => {
    const lines = await told('2024-02-28');
    expect(lines).toContain('audited, attempt 1: failed, 0 of 1 rules passed (contract 1.0.0)');
    expect(lines).toContain('failed: close.exclusiveMinimum: measured 1, expected close > 0');
    expect(lines).toContain('  row ticker_id=BTC close=-3');
    expect(lines).toContain('audited, attempt 2: passed, 1 of 1 rules passed (contract 1.0.0)');
    expect(lines).toContain('passed: close.exclusiveMinimum 0');
  });

  it('has the request, its answer and where it lies, and names a batch that is not there', async () => {
    const lines = await told('2024-02-28');
    expect(lines).toContain(`GET ${target}`);
    expect(lines).toContain('  200, 2 bytes, 6 rows, at 2024-03-04 09:00:00Z');
    const { absentBatches } = await storyOf('2024-02-28');
    expect(absentBatches).toEqual(['staging/source=coingecko/ingestion_date=2024-02-29/batch_id=batch-1']);
  });

  it('has old and new close of a restatement, and the file that was replaced', async () => {
    const lines = await told('2024-02-28');
    expect(lines).toContain('record 1: published, close 100');
    expect(lines).toContain('restated: it replaced record 1: close 100 → 104 (+4.00 %)');
    const kept = lines.find((line) => line.startsWith('the old file: ')) ?? '';
    expect(await open.store.sizeOf(kept.slice('the old file: '.length))).toBeGreaterThan(0);
  });

  it('links the workflow of each step, as one execution where that is known', async () => {
    const link = `${uiUrl}/namespaces/default/workflows/sample-x%2Fpartition%2F2024-02-28%2FBTC%2Fcoingecko.market_chart/run-3/history`;
    expect(await told('2024-02-28')).toContain(link);
  });

  it('of a window that could not be fetched is that window’s', async () => {
    const lines = await told('2024-03-02');
    expect(lines.slice(0, 2)).toEqual([
      'its window could not be fetched (SourceUnavailable)',
      'the API was down',
    ]);
    expect(lines).toContain('record 1: published, close 120');
  });

  it('of a closed day is the plan that found it closed', async () => {
    expect(await told('2024-03-03')).toEqual([
      'found closed: an invented holiday',
      'by the plan of backfill/x',
    ]);
  });

  it('of a day that nobody touched is empty', async () => {
    expect(await told('2020-01-01')).toEqual([]);
  });
});

describe('what to do next', () => {
  it('is said of every state, and a command is named wherever there is one', () => {
    const commandsOf = (state: CellState): number =>
      nextSteps({ ...bitcoin('2024-02-28'), state, code: 'NoData' }, 'first').filter(({ command }) => command)
        .length;
    const counts = Object.fromEntries(cellStates.map((state) => [state, commandsOf(state)]));
    expect(counts).toEqual({
      ...{ published: 1, closed: 0, waiting: 0, running: 0 },
      ...{ refused: 2, failed: 2, skipped: 1, missing: 2 },
    });
    expect(nextSteps({ ...bitcoin('2024-02-28'), state: 'failed' }, 'none')).toHaveLength(1);
  });
});

describe('status --why', () => {
  it('fits eighty columns but for what is there to be copied, and says that nobody knows what runs', async () => {
    const { code, out } = await place.run('status', '--why', '2024-02-28', 'BTC');
    expect(code).toBe(0);
    const wide = out.split('\n').filter((line) => line.length > 80);
    expect(wide.filter((line) => line.trim().includes(' '))).toEqual([]);
    expect(out).toContain('BTC 2024-02-28 (coingecko.market_chart): published');
    expect(out).toContain('close 100 → 104');
    expect(out).toContain('Whether it runs now is not known: No Temporal server');
    expect(out).toContain('synthetic');
  });

  it('gives it all as JSON', async () => {
    const { code, value } = await place.json<{ cells: (CellStory & { running: unknown })[] }>(
      ...(['status', '--why', '2024-02-28', 'BTC'] as const),
    );
    expect(code).toBe(0);
    expect(value).toMatchObject({
      isRunningKnown: false,
      cells: [{ standing: { state: 'published' }, running: null }],
    });
    expect(value.cells[0]?.records.map(({ close }) => close)).toEqual([100, 104]);
  });
});

it('a line is broken between words only, and what is longer than a line stays whole', () => {
  expect(wrapped('one two three', 7, 1)).toEqual([' one', ' two', ' three']);
  expect(wrapped('  a/very/long/path stays', 8)).toEqual(['  a/very/long/path', '  stays']);
});
