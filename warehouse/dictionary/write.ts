import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDictionary } from './dictionary.ts';
import { faultsOf } from './meanings.ts';
import { pagesOf } from './pages.ts';

/** Writes the pages of the dictionary into a folder of their own, and removes those of models that are gone. */
export async function writePages(folder: string, pages: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stale = (await readdir(folder)).filter((name) => name.endsWith('.md') && !pages.has(name));
  for (const name of stale) await rm(join(folder, name));
  for (const [name, text] of pages) await writeFile(join(folder, name), text);
}

async function main(): Promise<void> {
  const repository = join(import.meta.dirname, '../..');
  const dictionary = await readDictionary(repository);
  const pages = pagesOf(dictionary);
  await writePages(join(repository, 'docs/models'), pages);
  console.log(`Wrote ${pages.size} pages to docs/models.`);
  const faults = faultsOf(dictionary);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
