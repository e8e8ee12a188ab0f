import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectFolder } from '../../settings.ts';
import { metricTable } from '../../telemetry/metrics.ts';
import { workflowTraceModule } from '../../telemetry/traces.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import { historyFromPlain } from '../replay/history-json.ts';
import type { SentSpan } from '../support/collector.ts';
import { filesBelow, leaksIn } from '../support/leaks.ts';
import { installQuietRuntime } from '../support/quiet-runtime.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { metricsInOperations } from './operations.ts';
import { canaries, liveWatchedStory, type WatchedStory } from './watched-story.ts';

let story: WatchedStory;

beforeAll(async () => {
  installQuietRuntime();
  story = await liveWatchedStory();
}, cliTimeoutMs);
afterAll(() => story.close());

it('the story: one refused cell, one window that failed, everything else published', () => {
  expect(story.end).toMatchObject({ type: 'RunIncomplete', tally: { refused: 1 } });
  expect(story.end.tally?.failed).toBeGreaterThan(0);
  expect(story.end.tally?.published).toBeGreaterThan(21);
});

describe('metrics', () => {
  /** The value of the one series with these labels. */
  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined => {
    const found = story.metricsText
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => Object.entries(labels).every(([label, text]) => line.includes(`${label}="${text}"`)));
    expect(found.length).toBeLessThanOrEqual(1);
    return found[0] === undefined ? undefined : Number(found[0].split(' ').at(-1));
  };

  it('are all there, each with the labels that the table names', () => {
    for (const [name, { kind, labels }] of Object.entries(metricTable)) {
      expect(story.metricsText).toContain(`# TYPE ${name} ${kind}\n`);
      const line = story.metricsText.split('\n').find((each) => each.startsWith(name)) ?? '';
      const found = [...line.matchAll(/(\w+)="/g)].map(([, label]) => label ?? '');
      expect(found.filter((label) => label !== 'le').sort()).toEqual([...labels, 'market'].sort());
    }
  });

  it('count what happened', () => {
    const cells = (dataset: string, outcome: string): number | undefined =>
      value('marketlake_cells_total', { dataset, outcome });
    const { tally } = story.end;
    expect(cells('massive.daily_bars', 'refused')).toBe(1);
    expect(cells('massive.daily_bars', 'failed')).toBe(tally?.failed);
    expect(cells('csv.daily_closes', 'published')).toBe(21);
    expect(cells('csv.daily_closes', 'refused')).toBe(0);
    const status = (source: string, code: string): number | undefined =>
      value('marketlake_request_duration_seconds_count', { source, status: code });
    expect(status('coingecko', '429')).toBe(1);
    expect(status('coingecko', '200')).toBe(1);
    expect(status('massive', '403')).toBe(1);
    expect(
      value('marketlake_step_failures_total', { step: 'fetch', code: 'RateLimited', fate: 'retried' }),
    ).toBe(1);
    expect(value('marketlake_runs_total', { kind: 'daily', outcome: 'incomplete' })).toBe(1);
    expect(value('marketlake_rebuilds_total', { outcome: 'built' })).toBe(1);
    expect(value('marketlake_alerts_total', { about: 'refused', event: 'opened' })).toBe(1);
    const rule = { dataset: 'massive.daily_bars', rule: 'rule.low_not_above_high', severity: 'error' };
    expect(value('marketlake_audit_checks_total', { ...rule, outcome: 'failed' })).toBe(1);
    expect(value('marketlake_staleness_limit_days', { dataset: 'massive.daily_bars' })).toBe(5);
    expect(value('marketlake_staleness_days', { ticker: 'BTC' })).toBe(0);
    expect(value('marketlake_staleness_days', { ticker: 'MSFT' })).toBe(1);
  });

  it('stay where another process has their port: the next one is taken, and said', () => {
    expect(story.logText).toContain(`: another process has port ${story.takenPort}`);
  });

  it('are all that the dashboard and the alert rules ask for', () => {
    const there = [...story.metricsText.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? '');
    const asked = metricsInOperations();
    expect(asked.length).toBeGreaterThan(10);
    const known = new Set(
      there.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]).concat('up'),
    );
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('traces', () => {
  const spansNamed = (name: string): SentSpan[] => story.collector.spans.filter((span) => span.name === name);

  it('a daily run is one trace, from the tick of the schedule to the report, over all its executions', () => {
    const [root] = spansNamed('RunWorkflow:dailyTick');
    const spans = story.collector.spans.filter(({ traceId }) => traceId === root?.traceId);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const orphans = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
    expect(orphans.map(({ name }) => name)).toEqual(['RunWorkflow:dailyTick']);
    const names = new Set(spans.map(({ name }) => name));
    for (const name of ['ContinueAsNew:dailyRun', 'RunWorkflow:window', 'RunWorkflow:partition']) {
      expect(names).toContain(name);
    }
    for (const step of [
      'plan',
      'fetch',
      'stage',
      'writeTmp',
      'audit',
      'publish',
      'recordCell',
      'model',
      'report',
    ]) {
      expect(names).toContain(`RunActivity:${step}`);
    }
    // A first task that took too long is done again, and then there are two spans of one execution.
    const executions = spans.filter(({ name }) => name === 'RunWorkflow:dailyRun');
    expect(new Set(executions.map(({ attributes }) => attributes['workflow.run_id'])).size).toBe(2);
    const executed = new Set(spans.map(({ attributes }) => attributes['workflow.id']));
    expect(executed.size).toBeGreaterThan(45);
  });

  it('a span says which run, dataset, ticker, date and batch it is about', () => {
    const refused = spansNamed('RunActivity:audit').find(
      ({ attributes }) =>
        attributes['marketlake.ticker'] === 'AAPL' && attributes['marketlake.date'] === story.refusedDate,
    );
    expect(refused?.attributes).toMatchObject({
      'marketlake.run': story.run,
      'marketlake.dataset': 'massive.daily_bars',
      'marketlake.batch': expect.stringMatching(/^\d{8}T\d{6}-[0-9a-f]{8}$/) as string,
    });
    expect(refused?.service).toBe('marketlake-worker');
  });

  it('the command that starts a run is the root of its trace, and looking at it is no part of it', () => {
    const [start] = spansNamed('StartWorkflow:backfill');
    expect(start).toMatchObject({ parentSpanId: '', service: 'marketlake-command' });
    const [executed] = spansNamed('RunWorkflow:backfill');
    expect(executed).toMatchObject({ traceId: start?.traceId, parentSpanId: start?.spanId });
    expect(story.collector.spans.filter(({ name }) => /Query|Describe/.test(name))).toEqual([]);
  });

  it('may be switched on and off under open workflows: histories made with them replay without, and without with', async () => {
    const { cacheFolder } = story.lake.settings;
    const { client, lake } = story.lake;
    const traced = await workflowBundle(cacheFolder, [workflowTraceModule]);
    const untraced = await workflowBundle(cacheFolder);
    expect(untraced.codePath).not.toBe(traced.codePath);
    const listed = client.workflow.list({ query: `TaskQueue = '${lake.id}'` }).intoHistories();
    const made: Histories = [];
    for await (const { workflowId, history } of listed) made.push({ workflowId, history });
    expect(made.length).toBeGreaterThan(45);
    const folder = join(projectFolder, 'tests', 'replay', 'histories');
    const recorded = readdirSync(folder).map((name) => ({
      workflowId: name,
      history: historyFromPlain(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
    }));
    expect(await replayErrors(untraced, made)).toEqual([]);
    expect(await replayErrors(traced, recorded)).toEqual([]);
  });
});

type Histories = { workflowId: string; history: unknown }[];

async function replayErrors(bundle: { readonly codePath: string }, histories: Histories): Promise<string[]> {
  const sinks = { exporter: { export: { fn: () => undefined } } };
  const errors: string[] = [];
  const replayed = Worker.runReplayHistories({ workflowBundle: bundle, sinks }, histories);
  for await (const { workflowId, error } of replayed)
    if (error) errors.push(`${workflowId}: ${error.message}`);
  return errors;
}

const lineSchema = z.looseObject({ level: z.string(), time: z.iso.datetime(), msg: z.string() });

describe('the log', () => {
  const lines = (): z.infer<typeof lineSchema>[] =>
    story.logText
      .trim()
      .split('\n')
      .map((line) => lineSchema.parse(JSON.parse(line)));

  it('is JSON, line by line, with nothing for a step that went well', () => {
    expect(lines().length).toBeLessThan(25);
    const said = lines().map(({ msg }) => msg);
    expect(said.filter((msg) => msg === 'run planned')).toHaveLength(2);
    expect(said).toEqual(
      expect.arrayContaining(['run incomplete', 'run ended', 'cell refused', 'worker stopped']),
    );
  });

  it('names code, run, dataset, ticker, date, batch, attempt and execution of a step that failed', () => {
    const failed = lines().find(({ code }) => code === 'RateLimited');
    expect(failed).toMatchObject({
      level: 'warn',
      msg: 'step failed, to be tried again',
      step: 'fetch',
      run: story.run,
      dataset: 'coingecko.market_chart',
      ticker: 'BTC',
      attempt: 1,
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$/) as string,
      batch: expect.stringMatching(/^\d{8}T/) as string,
      workflowId: expect.stringContaining('/window/coingecko.market_chart/BTC/') as string,
      workflowRunId: expect.any(String) as string,
    });
    const refused = lines().find(({ msg }) => msg === 'cell refused');
    expect(refused).toMatchObject({
      ticker: 'AAPL',
      date: story.refusedDate,
      code: 'AuditRefused',
      run: story.run,
    });
  });
});

describe('secrets', () => {
  it('of every door are in no file, no history, no line, no number, no span and no command’s words', async () => {
    // They were really in use: the market answers nobody without its key, nor does our collector get others.
    expect(story.collector.headers.every((sent) => sent['x-collector-key'] === canaries.collector)).toBe(
      true,
    );
    const files = await filesBelow(...story.folders);
    const isThere = (name: string): boolean => files.some((file) => file.endsWith(name));
    expect(['temporal.db', 'warehouse.duckdb', 'report/index.html'].filter((name) => !isThere(name))).toEqual(
      [],
    );
    const texts = {
      log: story.logText,
      metrics: story.metricsText,
      spans: story.collector.text(),
      failure: story.end.message,
      command: story.commandText,
    };
    expect(await leaksIn(Object.values(canaries), files, texts)).toEqual([]);
  });
});
