import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, massiveSchema } from './support.ts';

const main = fileURLToPath(new URL('../../../sources/sample/main.ts', import.meta.url));

function run(...flags: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...flags], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Reads what a process says until it matches. */
async function readUntil(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let said = '';
  for await (const chunk of (child.stdout ?? []) as AsyncIterable<Buffer>) {
    said += chunk.toString('utf8');
    const match = pattern.exec(said);
    if (match) return match;
  }
  throw new Error(`The process ended without saying ${String(pattern)}; it said: ${said}`);
}

describe('the sample market as a process of its own', () => {
  it('says where it answers and that it is synthetic, tells the same prices, and ends on SIGTERM', async () => {
    const child = run('--now', '2026-11-20T17:00:00Z', '--all-history');
    const [, massiveUrl = ''] = await readUntil(child, /synthetic[^]*MASSIVE_BASE_URL=(\S+)\n/);
    const range = `${massiveUrl}/v2/aggs/ticker/AAPL/range/1/day`;
    const { results } = await ask(`${range}/2015-01-01/2026-11-19?limit=50000`, massiveSchema);
    expect(results?.at(0)).toMatchObject({ c: 27.04 });
    expect(results?.at(-1)).toMatchObject({ c: 195.18 });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends with 2 and its usage where a flag is wrong', async () => {
    const child = run('--port', 'many');
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said).toMatch(/port[^]*npx tsx sources\/sample\/main\.ts/);
  });
});
