import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Tries the properties of tests/fuzz often. Usage: npm run fuzz -- [--runs N] [--seed N]
  --runs N   how often each is tried (default 100000)
  --seed N   where chance begins; a failure prints the seed it began with`;

/** Runs the files of this folder with more runs, or the same ones again; ends as they do. */
function main(): number {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const seed = values.seed ?? String(Date.now() % 1_000_000_000);
  if (values.help) return say(usage, 0);
  if (!/^[1-9]\d{0,8}$/.test(values.runs) || !/^\d{1,9}$/.test(seed)) return say(usage, 2);
  say(`Each property is tried ${values.runs} times, from seed ${seed}.`, 0);
  const project = join(import.meta.dirname, '../..');
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const ended = spawnSync(
    process.execPath,
    [vitest, 'run', 'tests/fuzz', 'tests/sources/read-page.fuzz.test.ts'],
    {
      cwd: project,
      stdio: 'inherit',
      env: { ...process.env, MARKETLAKE_FUZZ_RUNS: values.runs, MARKETLAKE_FUZZ_SEED: seed },
    },
  );
  return ended.status ?? 3;
}

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.exitCode = main();
