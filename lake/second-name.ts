import { copyFile, link, readFile } from 'node:fs/promises';
import { isErrno } from './lake-error.ts';
import { sha256 } from './json.ts';
import type { LocalStore } from './local-store.ts';

/**
 * Gives a file of the lake a second name, by which it stays the same whatever is put into its place later.
 * @returns the SHA-256 of what the new name names; undefined where nothing lies in the place.
 */
export async function giveSecondName(
  store: LocalStore,
  key: string,
  target: string,
): Promise<string | undefined> {
  const place = store.pathOf(key);
  try {
    // Some file systems have no second names.
    await link(place, target).catch(() => copyFile(place, target));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  return sha256(await readFile(target));
}
