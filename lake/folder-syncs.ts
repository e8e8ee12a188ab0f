import { open } from 'node:fs/promises';

/**
 * Makes durable what folders name. Those who ask while a folder's sync is under way share the next one: what they
 * named may have come too late for this one. So a hundred new names cost a few syncs, and nobody is answered early.
 * Where one fails they are told so, too: the system may have dropped their names with it, and call the next one good.
 */
export class FolderSyncs {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  /** Answers when everything that a folder named before the call is durable. */
  async sync(folder: string): Promise<void> {
    const next = this.#next.get(folder);
    if (next) return next;
    const running = this.#running.get(folder);
    return running ? this.#after(folder, running) : this.#begin(folder);
  }

  #begin(folder: string): Promise<void> {
    const sync = syncFolder(folder).finally(() => this.#running.delete(folder));
    this.#running.set(folder, sync);
    return sync;
  }

  #after(folder: string, running: Promise<void>): Promise<void> {
    const next = running.finally(() => this.#next.delete(folder)).then(() => this.#begin(folder));
    this.#next.set(folder, next);
    return next;
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
