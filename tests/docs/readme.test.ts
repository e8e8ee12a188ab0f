import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const project = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(project, path), 'utf8');
const scripts = Object.keys(
  z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(text('package.json'))).scripts,
);
const pages = [
  'README.md',
  ...readdirSync(join(project, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Folders of the project, as prose names them; `data/` is made at run time. */
const rooms =
  '(?:activities|alerts|calendars|chaos|client|contracts|deploy|docs|lake|plan|proof|sources|sql|telemetry|tests|warehouse|worker|workflows|\\.ci)';
const filePattern = new RegExp(`(?<![\\w./-])${rooms}/[\\w./-]*\\w`, 'g');

/** Every file and folder of the project that a page names; a pattern with `*` or `…` names none. */
function pathsIn(page: string): string[] {
  const rootFiles = text(page).match(
    /(?<![\w./-])(?:Dockerfile|docker-compose\.yml|marketlake\.yaml|\.env\.example|settings\.ts)/g,
  );
  return [...new Set([...(text(page).match(filePattern) ?? []), ...(rootFiles ?? [])])];
}

describe.each(pages)('%s', (page) => {
  it('names only files and folders that are there', () => {
    expect(pathsIn(page).filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const named = [...text(page).matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:]+)/g)].map(
      ([, script]) => script,
    );
    expect(scripts).toEqual(expect.arrayContaining(named));
  });

  it('links only to what is there', () => {
    const links = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const local = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => link.split('#')[0] ?? '');
    expect(local.filter((link) => link !== '' && !existsSync(join(project, dirname(page), link)))).toEqual(
      [],
    );
  });
});

describe('README.md', () => {
  it('names every command there is, and every exit code', () => {
    const commands = readdirSync(join(project, 'client')).filter(
      (name) => name.endsWith('.ts') && name !== 'start.ts',
    );
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((name) => !text('README.md').includes(`npx tsx client/${name}`))).toEqual([]);
    for (const code of [0, 1, 2, 3]) expect(text('README.md')).toContain(`**${code}** `);
  });

  it('shows only flags that the commands know', () => {
    const rows = text('README.md')
      .split('\n')
      .filter((line) => line.startsWith('| `npx tsx client/'));
    const flags = [...rows.join('\n').matchAll(/--([a-z-]+)/g)].map(([flag]) => flag);
    const sources = readdirSync(join(project, 'client'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => text(join('client', name)))
      .join('\n');
    expect(flags.length).toBeGreaterThan(8);
    expect(flags.filter((flag) => !sources.includes(`'${flag}`))).toEqual([]);
  });
});
