import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../chaos/scenarios.ts';

const project = join(import.meta.dirname, '../..');
const page = readFileSync(join(project, 'docs/faults.md'), 'utf8');

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
  /** The fourth column: what tries it. */
  readonly tries: string;
}

const rows: readonly Row[] = page.split('\n').flatMap((line) => {
  const [number = '', ...cells] = line.slice(1, -1).split(' | ');
  return /^\s*\d+\s*$/.test(number) ? [{ number: Number(number), cells, tries: cells[2] ?? '' }] : [];
});

/** Every promise of a durable lake that is to be tried, by its number. */
const promises = [...Array.from({ length: 19 }, (_, index) => index + 1), 23, 24, 25, 26, 27];

describe('docs/faults.md', () => {
  it('has one row for each promise, and leaves no cell of it empty', () => {
    expect(rows.map(({ number }) => number)).toEqual(promises);
    expect(
      rows.filter(({ cells }) => cells.length !== 5 || cells.some((cell) => cell.trim() === '')),
    ).toEqual([]);
  });

  it('names for each what tries it, which is there, or says that nothing does yet', () => {
    for (const { number, tries } of rows) {
      const named = [...tries.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
      const gone = named.filter((name) => !name.startsWith('npm run ') && !existsSync(join(project, name)));
      expect([number, gone]).toEqual([number, []]);
      expect([number, named.length > 0 || tries === 'Not yet.']).toEqual([number, true]);
    }
  });

  it('names scenarios of npm run chaos that there are, and forgets none', () => {
    const named = [...page.matchAll(/npm run chaos -- --only ([a-z,-]+)/g)].flatMap(
      ([, names]) => names?.split(',') ?? [],
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(scenarios).sort());
  });
});
