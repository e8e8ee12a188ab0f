import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const rooms = [
  'activities',
  'alerts',
  'calendars',
  'client',
  'contracts',
  'lake',
  'plan',
  'proof',
  'report',
  'settings',
  'sources',
  'telemetry',
  'warehouse',
  'worker',
  'workflows',
];

/** The sources of the project; the sample market speaks the codes of the APIs that it imitates. */
function sourceTexts(): string[] {
  const files = rooms.flatMap((room) =>
    readdirSync(join(project, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !(room === 'sources' && name.startsWith('sample')))
      .map((name) => join(room, name)),
  );
  return ['settings.ts', ...files].map((file) => readFileSync(join(project, file), 'utf8'));
}

/** Where a code can stand in a source; the first group is the code. */
const places: readonly RegExp[] = [
  /\bcode = '([A-Z][a-z]\w+)'/g,
  /\b(?:code|type): '([A-Z][a-z]\w+)'/g,
  /\.code (?:\?\?|:) '([A-Z][a-z]\w+)'/g,
  /\bcomplain\(\s*'([A-Z][a-z]\w+)'/g,
  /\bnew \w*Error\(\s*'([A-Z][a-z]\w+)',/g,
  /,\n?\s*'([A-Z][a-z]\w+)',?\s*\);/g,
];

/** Every code: the members of the `…ErrorCode` types, and the literals in the places above. */
function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const text of sourceTexts()) {
    for (const [, members] of text.matchAll(/type \w+ErrorCode =([^;]+);/g)) {
      for (const [, code] of (members ?? '').replaceAll(/\/\*[\s\S]*?\*\//g, '').matchAll(/'(\w+)'/g))
        codes.add(code ?? '');
    }
    for (const place of places) for (const [, code] of text.matchAll(place)) codes.add(code ?? '');
  }
  return codes;
}

/** The codes that have a row: the first cell of a table's line, in code quotes. */
function codesWithRow(): string[] {
  const page = readFileSync(join(project, 'docs/errors.md'), 'utf8');
  return [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code ?? '');
}

describe('docs/errors.md', () => {
  it('has one row for every code there is, and no row for a code that is gone', () => {
    const codes = codesInSources();
    expect(codes.size).toBeGreaterThan(30);
    expect(codesWithRow().sort()).toEqual([...codes].sort());
  });

  it('fills every cell of every row', () => {
    const page = readFileSync(join(project, 'docs/errors.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    for (const row of rows) {
      const [, meaning, byItself, remedy] = row.slice(1, -1).split(' | ');
      expect([
        row,
        Boolean(meaning),
        /^(retried|at once)$/.test(byItself?.trim() ?? ''),
        Boolean(remedy),
      ]).toEqual([row, true, true, true]);
    }
  });
});
