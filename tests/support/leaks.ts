import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below some folders. */
export async function filesBelow(...folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat();
}

/** The files and texts in which a secret stands, as it is, or as it looks in a URL. */
export async function leaksIn(
  secrets: readonly string[],
  files: readonly string[],
  texts: Readonly<Record<string, string>>,
): Promise<string[]> {
  const shapes = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const leaks = Object.entries(texts).flatMap(([name, text]) =>
    shapes.filter((shape) => text.includes(shape)).map((shape) => `${name}: ${shape}`),
  );
  for (const file of files) {
    const bytes = await readFile(file);
    leaks.push(...shapes.filter((shape) => bytes.includes(shape)).map((shape) => `${file}: ${shape}`));
  }
  return leaks;
}
