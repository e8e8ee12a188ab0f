import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Finds the models that the report's own code and queries name, sorted. */
export async function tablesOfReport(repository: string, models: readonly string[]): Promise<string[]> {
  const folder = join(repository, 'report');
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(ts|sql)$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const named = new Set(texts.flatMap((text) => text.match(/\b[a-z]+\.[a-z][a-z0-9_]*\b/g) ?? []));
  return models.filter((model) => named.has(model)).sort();
}
