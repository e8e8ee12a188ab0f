import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../settings.ts';
import { examine } from './conformance/examine.ts';
import { openStage, type Stage } from './conformance/stage.ts';
import { harbourFacts } from './template/facts.ts';
import { harbourGuest } from './template/harbour-guest.ts';
import { harbourSource } from './template/harbour.ts';

const folder = join(import.meta.dirname, 'template');
let stage: Stage;
beforeAll(async () => {
  stage = await openStage([harbourGuest], [folder]);
});
afterAll(() => stage.market.close());

describe('the template of docs/adding-a-source.md', () => {
  examine(harbourSource(), harbourFacts, () => stage);

  it('is there whole: the document names every file of it', () => {
    const text = readFileSync(join(projectFolder, 'docs/adding-a-source.md'), 'utf8');
    expect(readdirSync(folder).filter((file) => !text.includes(`tests/sources/template/${file}`))).toEqual(
      [],
    );
  });

  it('becomes a source of its own by the lines that the document gives', () => {
    const text = readFileSync(join(projectFolder, 'docs/adding-a-source.md'), 'utf8');
    const lines = [...text.matchAll(/^ {4}sed "(.+)" (\S+) > (\S+)$/gm)];
    expect(lines.map(([, , , to]) => to)).toEqual([
      'sources/$NAME.ts',
      'sources/sample/$NAME.ts',
      'contracts/$NAME.daily_prices.odcs.yaml',
      'docs/sources/$NAME.md',
    ]);
    for (const [, script = '', from = '', to = ''] of lines) {
      const copied = changedBy(script, readFileSync(join(projectFolder, from), 'utf8'));
      expect(copied).not.toContain('harbour');
      const imported = [...copied.matchAll(/from '(\.[^']+)'/g)].map(([, path]) => path ?? '');
      const missing = imported.filter((path) => !existsSync(join(projectFolder, dirname(to), path)));
      expect(missing).toEqual([]);
    }
  });
});

/** What sed makes of a text: plain substitutions, each everywhere. */
function changedBy(script: string, text: string): string {
  return script.split('; ').reduce((changed, substitution) => {
    const [, sign, before = '', after = ''] = /^s(.)(.*)\1(.*)\1g?$/.exec(substitution) ?? [];
    if (sign === undefined) throw new Error(`No substitution: ${substitution}`);
    return changed.replaceAll(before, after);
  }, text);
}
