import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { isErrno, LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/** Files that are being written wait here; on the same mount as their places, so that `link` reaches them. */
export const pendingFolder = 'pending';

/** Names a file that is being written, and by which process, so that a dead one's remains are known. */
export function pendingKey(): string {
  return `${pendingFolder}/${encodeURIComponent(hostname())}.${process.pid}.${randomUUID()}`;
}

const maxRememberedFolders = 20_000;

/**
 * The lake on one local disk. Node's `writeFile` does not sync, so every write here does: first the file,
 * then the folder that names it, and each new folder in its parent.
 */
export class LocalStore implements Store {
  /** Folders known to be durable; the entry of any other is synced in its parent before it is used. Bounded. */
  readonly #durableFolders = new Set<string>();

  constructor(readonly root: string) {}

  pathOf(key: string): string {
    const path = resolve(this.root, key);
    if (path !== this.root && !path.startsWith(this.root + sep)) {
      throw new LakeError('LakeMismatch', `Refused to touch ${key}: it lies outside the lake at ${this.root}`);
    }
    return path;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const pending = await this.#writePending(key, bytes);
    await this.#inFolderOf(key, (path) => rename(pending, path));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const pending = await this.#writePending(key, bytes);
    return this.#linkAndForget(pending, [key]);
  }

  async putIfAbsentMany(keys: readonly string[], bytes: Uint8Array): Promise<void> {
    if (keys.length === 0) return;
    const pending = await this.#writePending(keys[0] as string, bytes);
    await this.#linkAndForget(pending, keys);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return unlessAbsent(readFile(this.pathOf(key)));
  }

  async sizeOf(key: string): Promise<number | undefined> {
    return (await unlessAbsent(stat(this.pathOf(key))))?.size;
  }

  async namesIn(folder: string): Promise<string[]> {
    return (await unlessAbsent(readdir(this.pathOf(folder)))) ?? [];
  }

  async list(folder: string): Promise<string[]> {
    const entries = await unlessAbsent(readdir(this.pathOf(folder), { recursive: true, withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1).split(sep).join('/'));
  }

  async promote(from: string, to: string): Promise<boolean> {
    const source = this.pathOf(from);
    return unlessGone(this.#inFolderOf(to, (path) => rename(source, path)));
  }

  async keep(from: string, to: string): Promise<boolean> {
    const source = this.pathOf(from);
    return unlessGone(this.#inFolderOf(to, (path) => unlessThere(link(source, path))));
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { recursive: true, force: true });
    this.#forgetFoldersBelow(this.pathOf(key));
  }

  /** Writes and syncs a file under a name nobody looks at. A file whose sync failed is dropped, never synced again. */
  async #writePending(key: string, bytes: Uint8Array): Promise<string> {
    const path = this.pathOf(pendingKey());
    try {
      await this.#makeFolder(dirname(path));
      const file = await open(path, 'wx').catch(async (error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error;
        this.#forgetFoldersBelow(dirname(path));
        await this.#makeFolder(dirname(path));
        return open(path, 'wx');
      });
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      return path;
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw unwritable(`write ${key}`, error);
    }
  }

  async #linkAndForget(pending: string, keys: readonly string[]): Promise<boolean> {
    try {
      const made = await Promise.all(
        keys.map((key) => this.#inFolderOf(key, (path) => unlessThere(link(pending, path)))),
      );
      return made.every(Boolean);
    } finally {
      await rm(pending, { force: true });
    }
  }

  /** Runs an act that names something in a folder, then syncs that folder. */
  async #inFolderOf<T>(key: string, act: (path: string) => Promise<T>): Promise<T> {
    const path = this.pathOf(key);
    const folder = dirname(path);
    try {
      await this.#makeFolder(folder);
      const result = await act(path).catch(async (error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error;
        this.#forgetFoldersBelow(folder);
        await this.#makeFolder(folder);
        return act(path);
      });
      await syncFolder(folder);
      return result;
    } catch (error) {
      throw unwritable(`write ${key}`, error);
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#durableFolders.has(folder)) return;
    const parent = dirname(folder);
    if (folder !== this.root) await this.#makeFolder(parent);
    await mkdir(folder, { recursive: folder === this.root }).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
    await syncFolder(parent);
    if (this.#durableFolders.size >= maxRememberedFolders) this.#durableFolders.clear();
    this.#durableFolders.add(folder);
  }

  #forgetFoldersBelow(path: string): void {
    for (const folder of this.#durableFolders) {
      if (folder === path || folder.startsWith(path + sep) || path.startsWith(folder + sep)) {
        this.#durableFolders.delete(folder);
      }
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
}

/** False where what was to be moved or linked is not there. */
async function unlessGone(moving: Promise<unknown>): Promise<boolean> {
  return moving.then(
    () => true,
    (error: unknown) => {
      if (error instanceof LakeError && isErrno(error.cause, 'ENOENT')) return false;
      throw error;
    },
  );
}

/** False where the new name was taken already. */
async function unlessThere(making: Promise<void>): Promise<boolean> {
  return making.then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'EEXIST')) return false;
      throw error;
    },
  );
}

function unwritable(doing: string, error: unknown): LakeError {
  if (error instanceof LakeError) return error;
  const found = error instanceof Error ? error.message : String(error);
  return new LakeError(
    'LakeUnwritable',
    `Could not ${doing} in the lake: ${found}. Check disk space and permissions; it is tried again by itself.`,
    error,
  );
}
