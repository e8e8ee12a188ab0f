import { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCode, WrongUse } from '../client/command/exit-code.ts';
import { openLake } from '../client/command/lake-client.ts';
import { dryRun } from '../client/plan/dry-run.ts';
import { backfillRequest } from '../client/run/run-request.ts';
import { readRuntime } from '../lake/runtime.ts';
import { environmentFor, loadSettings } from '../settings.ts';
import { knownApis } from '../sources/index.ts';
import { sourceVariables } from '../sources/usual.ts';
import { watchBronze, type BronzeSight } from '../tests/support/bronze-reader.ts';
import { countedLines, verdictLine, type Counted } from './demo-words.ts';
import { askedAgain, readMarketRequests } from './market-requests.ts';
import { runStart } from './start-child.ts';
import { newestWorkerPid } from './worker-pid.ts';

const program = new Command('demo:kill')
  .description(
    'The first backfill of a newcomer, whose worker is killed half-way: what was lost, repeated or seen half-done.\n' +
      'Runs npm start in a lake of its own, on the sample market, whose prices are synthetic.',
  )
  .option('--days <n>', 'how many days to backfill', '90')
  .option('--keep', 'leave the lake where it is, to look at it')
  .exitOverride(({ exitCode: code }) => process.exit(code === 0 ? exitCode.good : exitCode.wrongUse))
  .parse();
const { days, keep } = program.opts<{ days: string; keep?: true }>();

const lookEveryMs = 50;
const say = (line = ''): void => console.log(line);
const tell = (line: string): void => say(`\n>>> ${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'marketlake-demo-'));
const variables = await variablesOf(folder);
const open = await openLake(loadSettings(environmentFor(variables)));
const ending = { isBegun: false };
const start = { stop: async (): Promise<void> => undefined };
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void end(exitCode.interrupted, `Stopped by ${signal}.`));
try {
  await end(await demonstrate(), undefined);
} catch (error) {
  const code = error instanceof WrongUse ? exitCode.wrongUse : exitCode.weFailed;
  await end(code, error instanceof Error ? error.message : String(error));
}

/** Backfills with `npm start`, kills its worker half-way, and says what came of it; answers the exit code. */
async function demonstrate(): Promise<number> {
  const now = new Date();
  const { request } = await backfillRequest({ days }, open, now);
  const { todo } = (await dryRun(open, request, now)).summary;
  if (todo < 2) throw new Error(`There are ${todo} cells in ${days} days: give --days 5 or more.`);
  tell(`npm start -- --days ${days}     (all prices in this demo are synthetic; its lake is ${folder})`);
  const reader = watchBronze(open.store);
  // What it says of its places is gone a moment later.
  let isTelling = true;
  const started = runStart(['--days', days], variables, (line) => {
    isTelling &&= !line.startsWith('Lake  ');
    if (isTelling) say(line);
  });
  start.stop = started.stop;
  const killed = await Promise.race([killHalfWay(todo), started.atRest.then(tooLate)]);
  await Promise.race([tellOfNextCell(killed.published, killed.atMs), started.atRest]);
  await started.atRest;
  const requests = await requestsSoFar();
  const sight = await reader.stop();
  const counted: Counted = {
    ...killed,
    ...sight,
    todo,
    publishedInTheEnd: await publishedCount(),
    requestsAfter: requests.length - killed.requests,
    repeated: askedAgain(requests).length,
  };
  return conclude(counted, sight);
}

/** Waits until half of the cells are published, and kills the worker without warning. */
async function killHalfWay(
  todo: number,
): Promise<{ published: number; requests: number; pid: number; atMs: number }> {
  while ((await publishedCount()) < todo / 2) await pause(lookEveryMs);
  const pid = await newestWorkerPid(open.store);
  if (pid === undefined)
    throw new Error(`${folder}/logs/worker.log does not say which process the worker is.`);
  const requests = (await requestsSoFar()).length;
  process.kill(pid, 'SIGKILL');
  const atMs = performance.now();
  const published = await publishedCount();
  tell(`${published} of ${todo} cells are published: kill -9 ${pid}, which is the worker`);
  return { published, requests, pid, atMs };
}

async function tellOfNextCell(publishedBefore: number, sinceMs: number): Promise<void> {
  while ((await publishedCount()) <= publishedBefore) await pause(lookEveryMs);
  const tookMs = performance.now() - sinceMs;
  tell(
    `the worker that npm start put in its place published the next cell, ${seconds(tookMs)} after the kill`,
  );
}

function conclude(counted: Counted, sight: BronzeSight): number {
  for (const line of countedLines(counted)) say(line);
  for (const complaint of sight.complaints.slice(0, 5)) say(`  ${complaint}`);
  say();
  say(verdictLine(counted));
  const isGood =
    counted.repeated === 0 && sight.complaints.length === 0 && counted.publishedInTheEnd === counted.todo;
  return isGood ? exitCode.good : exitCode.cellsMissing;
}

async function publishedCount(): Promise<number> {
  return (await open.store.list('bronze')).length;
}

async function requestsSoFar(): ReturnType<typeof readMarketRequests> {
  const url = (await readRuntime(open.store))?.marketUrl;
  if (!url) throw new Error(`${folder}/runtime.json does not say where the sample market answers.`);
  return readMarketRequests(url);
}

/** Whatever a shell or `.env` says of servers and addresses, this is the newcomer's: nothing of it. */
async function variablesOf(lakeFolder: string): Promise<Record<string, string>> {
  const configPath = join(lakeFolder, 'demo.yaml');
  // The log says which process the worker is, so it must be JSON. JSON is YAML, too.
  await writeFile(configPath, JSON.stringify({ telemetry: { log: { level: 'info', format: 'json' } } }));
  const addresses = knownApis.map(({ name }) => [sourceVariables(name).baseUrl, ''] as const);
  const none = { TEMPORAL_ADDRESS: '', ...Object.fromEntries(addresses) };
  return {
    ...none,
    MARKETLAKE_MARKET: 'sample',
    MARKETLAKE_DATA_DIR: join(lakeFolder, 'lake'),
    MARKETLAKE_CONFIG: configPath,
  };
}

function tooLate(): never {
  throw new Error('The backfill was over before its worker could be killed: give more --days.');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Takes everything down and ends; what a person wants to look at stays. */
async function end(code: number, complaint: string | undefined): Promise<never> {
  // Ending the start makes what waits for it fail: that is not what ended us.
  if (ending.isBegun) return new Promise<never>(() => undefined);
  ending.isBegun = true;
  if (complaint !== undefined) console.error(complaint);
  await start.stop();
  if (keep) say(`The lake is at ${folder}/lake.`);
  else await rm(folder, { recursive: true, force: true });
  process.exit(code);
}
