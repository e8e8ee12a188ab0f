import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Runs a reading while another process publishes in a loop; answers how many rounds it made meanwhile. */
export async function whilePublishing(root: string, read: () => Promise<void>): Promise<number> {
  const script = join(import.meta.dirname, 'publish-loop.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, root], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  try {
    if ((await lines.next()).value !== 'ready')
      throw new Error('The publishing process ended before it began');
    await read();
    child.stdin.write('stop\n');
    return Number((await lines.next()).value);
  } finally {
    if (child.exitCode === null) setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    await exit;
  }
}
