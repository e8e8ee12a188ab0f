import { isDeepStrictEqual } from 'node:util';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { table } from '../command/table.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { duration, fatesLine, megabytes } from '../run/plan-lines.ts';
import type { NamedRequest } from '../run/run-request.ts';
import type { DryRun } from './dry-run.ts';
import type { AssetFates } from './fates.ts';
import { quotaWords, type QuotaStanding } from './quota-standing.ts';
import type { SourceTime } from './time-needed.ts';

/** More assets than this are summed up by dataset. */
const assetsNamed = 20;
const dollarsPerMillionActions = 50;

/** Shows what a run would do and what it would take, and that nothing was done. */
export function showPlan(
  output: Output,
  open: OpenLake,
  named: NamedRequest,
  found: DryRun,
  quota: QuotaStanding,
): void {
  for (const line of planReport(found, quota)) output.say(line);
  output.say();
  output.say(`This is a plan only: nothing was recorded, asked or started.`);
  if (found.summary.todo + found.summary.waiting > 0) output.say(`The run would be ${named.run}`);
  output.json({ lake: open.lake.id, run: named.run, request: named.request, ...found, quota });
}

/** Lays a plan out for people: cells by asset, requests by source, time, actions and disk. */
export function planReport(found: DryRun, quota: QuotaStanding = { left: [] }): string[] {
  const { summary } = found;
  const lines = [fatesLine(summary), '', ...assetLines(found.assets)];
  if (summary.todo + summary.waiting === 0) return [...lines, '', 'nothing to do'];
  return [...lines, '', ...table(costRows(found, quota))];
}

function costRows(found: DryRun, quota: QuotaStanding): string[][] {
  const { summary, actions } = found;
  const cost = `${thousands(actions.total)} actions on Cloud, ${dollars(actions.total)} at $${dollarsPerMillionActions} a million`;
  const watching = `following it in a terminal adds up to ${actions.watchingPerSecond} a second; --no-wait does not`;
  const disk = `${megabytes(found.diskBytes)} of ${megabytes(found.freeBytes)} free`;
  return [
    ...requestWords(found).map((words, place) => [place === 0 ? 'requests' : '', words]),
    ...found.fallbacks.map((dataset) => ['', `and to ${dataset}, for the days whose own source fails`]),
    ...quotaWords(quota, summary.requests).map((words, place) => [place === 0 ? 'quota' : '', words]),
    ...(summary.todo > 0 ? [['time', timeWords(found)]] : []),
    ['Temporal', cost],
    ['', actionWords(found)],
    ['', watching],
    ...(summary.todo > 0 ? [['disk', disk]] : []),
  ];
}

function requestWords({ summary, time }: DryRun): string[] {
  const { waiting, todo } = summary;
  const later = waiting > 0 ? [`${countOf(waiting, 'request')} later, when days are final`] : [];
  const none = todo > 0 && time.sources.length === 0 ? ['none: what is to do was fetched before'] : [];
  return [...time.sources.map(sourceWords), ...none, ...later];
}

function sourceWords({ source, requests, requestsPerMinute, seconds }: SourceTime): string {
  const limit =
    requestsPerMinute === null
      ? 'no limit'
      : `${requestsPerMinute} a minute${requests > 1 ? `: the last one after ${duration(seconds)}` : ''}`;
  return `${countOf(requests, 'request')} to ${source} (${limit})`;
}

function timeWords({ time, pace }: DryRun): string {
  const rate = `${pace.cellsPerSecond.toFixed(1)} cells a second`;
  const from =
    pace.runs === 0
      ? `${rate}, a default: this lake has no run to measure yet`
      : `${rate}, measured in this lake's last ${pace.runs === 1 ? 'run' : `${pace.runs} runs`}`;
  const why = time.heldUpBy === null ? `by ${from}` : `by the limit of ${time.heldUpBy}; cells go at ${from}`;
  return `about ${duration(time.seconds)}, ${why}`;
}

function actionWords({ actions, windows, summary }: DryRun): string {
  return [
    ...(actions.cells > 0 ? [`${thousands(actions.cells)} for ${countOf(summary.todo, 'cell')}`] : []),
    ...(actions.windows > 0 ? [`${thousands(actions.windows)} for ${countOf(windows, 'window')}`] : []),
    `${thousands(actions.run)} for the run`,
    ...(actions.later > 0 ? [`${thousands(actions.later)} later`] : []),
  ].join(', ');
}

const columns = ['due', 'closed', 'published', 'skipped', 'waiting', 'todo'] as const;
const heads: Readonly<Record<(typeof columns)[number], string>> = {
  due: 'due',
  closed: 'closed',
  published: 'published',
  skipped: 'skipped',
  waiting: 'not final',
  todo: 'to do',
};

function assetLines(assets: readonly AssetFates[]): string[] {
  const isNamed = assets.length <= assetsNamed;
  const rows = isNamed ? assets : byDataset(assets);
  const shown = columns.filter(
    (column) => ['due', 'todo'].includes(column) || rows.some((row) => row[column] > 0),
  );
  const head = [isNamed ? 'asset' : 'dataset', ...shown.map((column) => heads[column]), ''];
  const body = rows.map((row) => [
    isNamed ? row.ticker : row.dataset,
    ...shown.map((column) => thousands(row[column])),
    stateWords(row),
  ]);
  return table([head, ...body], new Set(shown.map((_, place) => place + 1)));
}

/** How the cells to do stand, where that is anything but missing. */
function stateWords({ todoByState }: AssetFates): string {
  if (Object.keys(todoByState).length === 0 || isDeepStrictEqual(Object.keys(todoByState), ['missing']))
    return '';
  return `(${Object.entries(todoByState)
    .map(([state, count]) => `${thousands(count)} ${state}`)
    .join(', ')})`;
}

function byDataset(assets: readonly AssetFates[]): AssetFates[] {
  const sums = new Map<string, AssetFates>();
  for (const asset of assets) {
    const known = sums.get(asset.dataset);
    sums.set(asset.dataset, known ? added(known, asset) : asset);
  }
  return [...sums.values()];
}

function added(left: AssetFates, right: AssetFates): AssetFates {
  const counts = Object.fromEntries(columns.map((column) => [column, left[column] + right[column]]));
  const states = { ...left.todoByState };
  for (const [state, count] of Object.entries(right.todoByState) as [keyof typeof states, number][])
    states[state] = (states[state] ?? 0) + count;
  return { ...left, ...counts, todoByState: states };
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

function dollars(actions: number): string {
  const amount = (actions * dollarsPerMillionActions) / 1_000_000;
  return amount < 0.01 ? 'under $0.01' : `$${amount.toFixed(2)}`;
}
