import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { table } from '../client/command/table.ts';
import type { WarehouseInputs } from '../warehouse/build.ts';
import { buildWithDbt, type DbtBuild } from './dbt.ts';
import { makeLake, type MadeLakeSize } from './made-lake.ts';

/**
 * Measures rebuilding the warehouse, SQL tests included, on three sizes of a synthetic lake, beside the same SQL
 * run by hand in one DuckDB process and under dbt-duckdb. It says how far the bars are met and does not judge.
 */

interface Case extends MadeLakeSize {
  readonly name: string;
  readonly withDbt: boolean;
}

const cases: readonly Case[] = [
  { name: 'a: 630 cells', tickers: 7, days: 90, isCompacted: false, withDbt: true },
  { name: 'b: 36,500 cells', tickers: 20, days: 1_825, isCompacted: false, withDbt: false },
  { name: 'c: 2.5 M rows', tickers: 250, days: 10_000, isCompacted: true, withDbt: true },
];
const bars = { byHand: 2, largeSeconds: 60, largeMb: 4_000 };

const built = z.object({
  seconds: z.number(),
  againSeconds: z.number(),
  peakMb: z.number(),
  steps: z.record(z.string(), z.number()),
  slowest: z.array(z.object({ name: z.string(), ms: z.number() })),
  tests: z.number(),
  order: z.array(z.string()),
});
const byHand = z.object({ seconds: z.number(), peakMb: z.number() });

interface Result {
  readonly of: Case;
  readonly built: z.infer<typeof built>;
  readonly byHand: z.infer<typeof byHand>;
  readonly dbt: DbtBuild | undefined;
}

/** Measures all sizes, prints them side by side, and how far the bars are met. */
export async function benchWarehouse(): Promise<void> {
  const results: Result[] = [];
  for (const one of cases) results.push(await measure(one));
  const head = [
    '',
    'rebuild s',
    'by hand s',
    'dbt s',
    'again s',
    'reading files',
    'MB',
    'MB by hand',
    'slowest models',
  ];
  const rows = results.map(({ of, built: ours, byHand: hand, dbt }) => [
    of.name,
    ours.seconds.toFixed(1),
    hand.seconds.toFixed(1),
    dbt === undefined ? '–' : dbt.seconds.toFixed(1),
    ours.againSeconds.toFixed(2),
    `${((100 * (ours.steps['read'] ?? 0)) / ours.seconds).toFixed(0)} %`,
    ours.peakMb.toFixed(0),
    hand.peakMb.toFixed(0),
    ours.slowest.map(({ name, ms }) => `${name.split('.')[1]} ${(ms / 1000).toFixed(1)}`).join(', '),
  ]);
  console.log('\nThe warehouse: rebuild from bronze with all SQL tests, on a synthetic lake');
  for (const line of table([head, ...rows], new Set([1, 2, 3, 4, 5, 6, 7]))) console.log(line);
  sayBars(results);
}

function sayBars([small, many, large]: readonly Result[]): void {
  if (!small || !many || !large) return;
  const met = (isMet: boolean): string => (isMet ? 'met' : 'missed');
  const ratio = small.built.seconds / small.byHand.seconds;
  const perFile = (result: Result): number =>
    (1e6 * (result.built.steps['read'] ?? 0)) / (result.of.tickers * result.of.days);
  console.log(
    `\na: rebuild ÷ by hand      ${ratio.toFixed(2)}  (bar ${bars.byHand}: ${met(ratio < bars.byHand)})`,
  );
  console.log(
    `b: reading one small file ${perFile(many).toFixed(0)} µs, in (a) ${perFile(small).toFixed(0)} µs  (not worse than linear: ${met(perFile(many) <= perFile(small) * 1.1)})`,
  );
  const { seconds, peakMb } = large.built;
  console.log(
    `c: seconds                ${seconds.toFixed(1)}  (bar ${bars.largeSeconds}: ${met(seconds < bars.largeSeconds)})`,
  );
  console.log(
    `c: peak memory            ${peakMb.toFixed(0)} MB  (bar ${bars.largeMb}: ${met(peakMb < bars.largeMb)})`,
  );
  for (const { of, dbt } of [small, large]) {
    if (dbt)
      console.log(
        `${of.name}: dbt ${dbt.version} took ${dbt.seconds.toFixed(1)} s for models and tests from loaded inputs`,
      );
  }
}

async function measure(of: Case): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-warehouse-'));
  try {
    console.log(`making ${of.name} …`);
    const inputs = await makeLake(join(folder, 'lake'), of);
    const inputsFile = join(folder, 'inputs.json');
    await writeFile(inputsFile, JSON.stringify({ ...inputs, days: [] }));
    const ours = built.parse(await child('build-child.ts', inputsFile, String(of.days)));
    const places = { ...inputs, ...(await asFiles(folder, inputs)), days: [] };
    const handFile = join(folder, 'by-hand.json');
    await writeFile(handFile, JSON.stringify({ inputs: places, order: ours.order, catalogs: null }));
    const hand = byHand.parse(await child('by-hand-child.ts', handFile));
    const dbt = of.withDbt ? await underDbt(folder, inputs, places, ours.order) : undefined;
    return { of, built: ours, byHand: hand, dbt };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What our build gets as arguments, as files that SQL can read. */
async function asFiles(
  folder: string,
  inputs: WarehouseInputs,
): Promise<{ assetsFile: string; daysFile: string }> {
  const assetsFile = join(folder, 'assets.csv');
  const daysFile = join(folder, 'days.csv');
  const assets = inputs.assets.map(({ ticker, class: kind, calendar, dataset, symbol, currency }) =>
    [ticker, kind, calendar, dataset, ...dataset.split('.'), symbol, currency].join(','),
  );
  const days = function* (): Iterable<string> {
    yield 'ticker,date,is_open,note\n';
    for (const { ticker, date, is_open } of inputs.days) yield `${ticker},${date},${is_open},\n`;
  };
  await writeFile(
    assetsFile,
    ['ticker,class,calendar,dataset,source,resource,symbol,currency', ...assets].join('\n'),
  );
  await writeFile(daysFile, days());
  return { assetsFile, daysFile };
}

async function underDbt(
  folder: string,
  inputs: WarehouseInputs,
  places: object,
  order: readonly string[],
): Promise<DbtBuild | undefined> {
  const loadFile = join(folder, 'load.json');
  await writeFile(loadFile, JSON.stringify({ inputs: places, order, catalogs: folder }));
  byHand.parse(await child('by-hand-child.ts', loadFile));
  return buildWithDbt(folder, inputs, order);
}

/** Runs a script of the bench in a process of its own, so that each has its own peak of memory. */
async function child(script: string, ...args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const running = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => running.once('close', resolve));
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? 'null') as unknown;
}
