import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 500;
/** A build takes about three minutes; a lock this old was left by a process whose id another one has now. */
const staleMs = 20 * 60_000;

/**
 * Does some work while no other process does it on this lock file. It only saves work done twice: two
 * processes that both judge a lock abandoned may both go on, so the work itself must be safe to do twice.
 */
export async function withInstallLock<T>(
  lockPath: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let hasSaid = false;
  while (!(await takeLock(lockPath))) {
    if (await isAbandoned(lockPath)) {
      await rm(lockPath, { force: true });
      continue;
    }
    if (!hasSaid) say('Another process is fetching the Temporal CLI; waiting for it.');
    hasSaid = true;
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function takeLock(lockPath: string): Promise<boolean> {
  try {
    await writeFile(lockPath, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isAbandoned(lockPath: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lockPath);
    if (Date.now() - mtimeMs > staleMs) return true;
    const pid = Number(await readFile(lockPath, 'utf8'));
    // Empty while its owner is between creating and writing it.
    return pid > 0 && !isAlive(pid);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
