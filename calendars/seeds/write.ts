import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedFiles } from './seed-files.ts';

const folder = join(import.meta.dirname, '../../sql/seeds');

await mkdir(folder, { recursive: true });
for (const [name, text] of seedFiles()) {
  await writeFile(join(folder, name), text);
  console.log(`wrote sql/seeds/${name}: ${text.split('\n').length - 2} rows`);
}
