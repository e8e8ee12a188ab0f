import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes SQL files below a folder; models get the header that each must have. */
export async function writeSql(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}

/** A model of one column `n`, with its header. */
export function model(select: string): string {
  return `-- A model.\n-- grain: number\n-- key: n\n${select}\n`;
}
