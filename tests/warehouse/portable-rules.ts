import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Engine } from '../../warehouse/engine.ts';
import { portabilityFindings, sayFinding } from '../../warehouse/portable.ts';
import { readSqlFolder } from '../../warehouse/sql-files.ts';
import { writeSql } from './sql-folder.ts';

/** What is refused, a word of what is said of it, and SQL that means as much and passes. */
export type Rule = readonly [name: string, refused: string, said: string, passed: string];

const plainHeader = '-- A model.\n-- grain: n\n-- key: n\n';

/** Reads a model of this text as the build does and says all that is found in it. */
export async function findingsOf(text: string, header = plainHeader): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portable-'));
  const engine = await Engine.open({ temporaryFolder: tmpdir() });
  try {
    await writeSql(folder, { 'marts/x.sql': `${header}${text}\n` });
    const { models } = await readSqlFolder(folder);
    const all = await Promise.all(models.map((model) => portabilityFindings(engine, model)));
    return all.flat().map(sayFinding);
  } finally {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a test of each rule. */
export function testRules(rules: readonly Rule[]): void {
  test.each(rules)(
    '%s is refused, and what to write instead passes',
    async (_name, refused, said, passed) => {
      expect((await findingsOf(refused)).join('\n')).toContain(said);
      expect(await findingsOf(passed)).toEqual([]);
    },
  );
}
