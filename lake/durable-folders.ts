import { mkdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { FolderSyncs } from './folder-syncs.ts';
import { isErrno } from './lake-error.ts';

const mostRemembered = 20_000;

/**
 * Makes folders so that they last: a new one's name is synced in its parent before anything is put into it.
 * Those that are known to last are remembered, up to a bound.
 */
export class DurableFolders {
  readonly #lasting = new Set<string>();
  readonly #syncs = new FolderSyncs();

  constructor(private readonly root: string) {}

  /** Runs an act in a folder, making the folder if need be; once more where it vanished under our feet. */
  async within<T>(folder: string, act: () => Promise<T>): Promise<T> {
    try {
      await this.#make(folder);
      return await act();
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      this.#forgetAround(folder);
      await this.#make(folder);
      return act();
    }
  }

  /** Makes durable what a folder names. */
  async sync(folder: string): Promise<void> {
    await this.#syncs.sync(folder);
  }

  /** Forgets a folder that is removed, with all below it. */
  forgetBelow(path: string): void {
    for (const folder of this.#lasting) {
      if (folder === path || folder.startsWith(path + sep)) this.#lasting.delete(folder);
    }
  }

  /** Any of its ancestors may be the one that vanished. */
  #forgetAround(path: string): void {
    this.forgetBelow(path);
    for (const folder of this.#lasting) if (path.startsWith(folder + sep)) this.#lasting.delete(folder);
  }

  async #make(folder: string): Promise<void> {
    if (this.#lasting.has(folder)) return;
    const parent = dirname(folder);
    if (folder !== this.root) await this.#make(parent);
    await mkdir(folder, { recursive: folder === this.root }).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
    await this.sync(parent);
    if (this.#lasting.size >= mostRemembered) this.#lasting.clear();
    this.#lasting.add(folder);
  }
}
