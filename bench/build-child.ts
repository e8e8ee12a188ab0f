import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { buildWarehouse, type WarehouseInputs } from '../warehouse/build.ts';
import { datesOf, openDays } from './made-lake.ts';

/** Builds the warehouse of the inputs in a JSON file, twice, and tells how long that took. */
const shape = z.looseObject({ now: z.coerce.date() });
const [file = '', days = ''] = process.argv.slice(2);
// The parent wrote whole inputs; only the date needs reviving, and the calendar is made again.
const given = shape.parse(JSON.parse(await readFile(file, 'utf8'))) as unknown as WarehouseInputs;
const tickers = given.assets.map((asset) => asset.ticker);
const inputs = { ...given, days: openDays(tickers, datesOf(Number(days))) };

let step = 'start';
let since = performance.now();
const steps: Record<string, number> = {};
const onProgress = (next: string): void => {
  const now = performance.now();
  const kind = step.split(' ')[0] ?? '';
  steps[kind] = (steps[kind] ?? 0) + (now - since) / 1000;
  [step, since] = [next, now];
};

const startedMs = performance.now();
const built = await buildWarehouse({ ...inputs, onProgress });
const builtMs = performance.now();
onProgress('end');
const again = await buildWarehouse(inputs);
const seconds = (builtMs - startedMs) / 1000;
const againSeconds = (performance.now() - builtMs) / 1000;
if (built.outcome !== 'built' || again.outcome !== 'unchanged')
  throw new Error(`${built.outcome}, ${again.outcome}`);
const peakMb = process.resourceUsage().maxRSS / 1024;
const slowest = [...built.models].sort((left, right) => right.ms - left.ms).slice(0, 3);
console.log(
  JSON.stringify({
    seconds,
    againSeconds,
    peakMb,
    steps,
    slowest,
    tests: built.tests.length,
    order: built.models.map(({ name }) => name),
  }),
);
