import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { link, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { DurableFolders } from './durable-folders.ts';
import { encodeSegment } from './layout.ts';
import { isErrno, LakeError } from './lake-error.ts';
import type { PreparedFile, Store } from './store.ts';

/** Files that are being written wait here; on the same mount as their places, so that `link` reaches them. */
export const pendingFolder = 'pending';

/** Names a file that is being written, and by which process, so that a dead one's remains are known. */
export function pendingKey(): string {
  return `${pendingFolder}/${encodeSegment(hostname())}.${process.pid}.${randomUUID()}`;
}

/**
 * The lake on one local disk. Node's `writeFile` does not sync, so every write here does: first the file,
 * then the folder that names it, and each new folder in its parent.
 */
export class LocalStore implements Store {
  readonly root: string;
  readonly #folders: DurableFolders;

  constructor(root: string) {
    this.root = resolve(root);
    this.#folders = new DurableFolders(this.root);
  }

  pathOf(key: string): string {
    const path = resolve(this.root, key);
    if (path !== this.root && !path.startsWith(this.root + sep)) {
      throw new LakeError(
        'LakeMismatch',
        `Refused to touch ${key}: it lies outside the lake at ${this.root}`,
      );
    }
    return path;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const pending = await this.#writePending(key, bytes);
    try {
      await this.#inFolderOf(key, (path) => rename(pending, path));
    } catch (error) {
      await rm(pending, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const prepared = await this.#prepare(key, bytes);
    try {
      return await prepared.claim(key);
    } finally {
      await prepared.forget();
    }
  }

  async prepare(bytes: Uint8Array): Promise<PreparedFile> {
    return this.#prepare(pendingFolder, bytes);
  }

  async prepareStream(pieces: AsyncIterable<Uint8Array>): Promise<PreparedFile> {
    return this.#prepare(pendingFolder, pieces);
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
    const keys: string[] = [];
    const open = [folder.replace(/^\.$/, '')];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      // One folder at a time: one that vanishes meanwhile takes only its own files along.
      const entries = await unlessAbsent(readdir(this.pathOf(next), { withFileTypes: true }));
      for (const entry of entries ?? []) {
        const key = next === '' ? entry.name : `${next}/${entry.name}`;
        if (entry.isDirectory()) open.push(key);
        else if (entry.isFile()) keys.push(key);
      }
    }
    return keys;
  }

  async promote(from: string, to: string): Promise<boolean> {
    const source = this.pathOf(from);
    return unlessGone(this.#inFolderOf(to, (path) => rename(source, path)));
  }

  async keep(from: string, to: string): Promise<boolean> {
    const source = this.pathOf(from);
    return unlessGone(this.#inFolderOf(to, (path) => unlessThere(link(source, path))));
  }

  async settle(key: string): Promise<void> {
    await this.#inFolderOf(key, async () => undefined);
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { recursive: true, force: true }).catch((error: unknown) => {
      throw unwritable(`remove ${key}`, error);
    });
    this.#folders.forgetBelow(this.pathOf(key));
  }

  async removeEmpty(folder: string): Promise<boolean> {
    try {
      await rmdir(this.pathOf(folder));
    } catch (error) {
      if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].some((code) => isErrno(error, code))) return false;
      throw unwritable(`remove ${folder}`, error);
    }
    this.#folders.forgetBelow(this.pathOf(folder));
    return true;
  }

  /** Writes and syncs a file under a name nobody looks at. A file whose sync failed is dropped, never synced again. */
  async #writePending(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
    const path = this.pathOf(pendingKey());
    try {
      const file = await this.#folders.within(dirname(path), () => open(path, 'wx'));
      try {
        if (bytes instanceof Uint8Array) await file.writeFile(bytes);
        else for await (const piece of bytes) await file.appendFile(piece);
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

  /** `about` is what a message names where the bytes cannot be written. */
  async #prepare(about: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<PreparedFile> {
    const pending = await this.#writePending(about, bytes);
    return {
      key: relative(this.root, pending).replaceAll(sep, '/'),
      claim: (key) => this.#inFolderOf(key, (path) => unlessThere(link(pending, path))),
      forget: () => forget(pending),
    };
  }

  /** Runs an act that names something in a folder, then syncs that folder. */
  async #inFolderOf<T>(key: string, act: (path: string) => Promise<T>): Promise<T> {
    const path = this.pathOf(key);
    try {
      const result = await this.#folders.within(dirname(path), () => act(path));
      await this.#folders.sync(dirname(path));
      return result;
    } catch (error) {
      throw unwritable(`write ${key}`, error);
    }
  }
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
}

/** Removes a file under a name nobody looks at; what stays for an error of the disk goes at a next start. */
async function forget(pending: string): Promise<void> {
  await rm(pending, { force: true }).catch((error: unknown) => {
    throw unwritable('remove what was written', error);
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
