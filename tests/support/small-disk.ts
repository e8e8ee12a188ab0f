import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system whose size and mood a test sets. */
export interface SmallDisk {
  readonly folder: string;
  remount(options: string): void;
  /** Fills it until so many bytes are left, in a file of its own. */
  fill(freeBytes: number): void;
  /** Gives back what `fill` took. */
  free(): void;
  remove(): void;
}

/** Mounts a small file system; undefined where this machine does not allow one. */
export function mountDisk(size: string): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'none', folder);
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    remount: (options) => mount('-o', `remount,${options}`, folder),
    fill: (freeBytes) => {
      const { bavail, bsize } = statfsSync(folder);
      const file = openSync(filler, 'a');
      writeSync(file, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
