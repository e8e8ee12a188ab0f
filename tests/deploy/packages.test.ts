import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isAllowed } from '../../deploy/licences/allowed.ts';
import { lockedPackages } from '../../deploy/licences/packages.ts';
import { licencesPage } from '../../deploy/licences/page.ts';

const project = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(project, path), 'utf8');
const packages = lockedPackages(project);

describe('the packages', () => {
  it('are asked for by exact versions', () => {
    const versions = z.record(z.string(), z.string());
    const manifest = z
      .object({ dependencies: versions, devDependencies: versions, overrides: versions })
      .parse(JSON.parse(text('package.json')));
    const asked = Object.values(manifest).flatMap((group) => Object.entries(group));
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('are held to their bytes by the lock file, every one', () => {
    const lock = z
      .object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })
      .parse(JSON.parse(text('package-lock.json')));
    const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(entries.length).toBe(packages.length);
    expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('with an install script are those that are known to work without it', () => {
    const withScript = packages.filter((each) => each.hasInstallScript).map(({ name }) => name);
    expect([...new Set(withScript)].sort()).toEqual(['@swc/core', 'esbuild', 'protobufjs']);
  });

  it('have a licence that is on the list, the shipped ones on the shorter', () => {
    expect(packages.filter((each) => !isAllowed(each))).toEqual([]);
    expect(isAllowed({ name: 'x', licence: 'MPL-2.0', isDev: false })).toBe(false);
    expect(isAllowed({ name: 'x', licence: 'unknown', isDev: true })).toBe(false);
  });

  it('are all in the bill of materials, each with its hash', () => {
    // Left out, development packages would take with them what the worker needs too.
    const printed = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: project, encoding: 'utf8' });
    const { components } = z
      .object({
        components: z.array(z.object({ purl: z.string(), hashes: z.array(z.unknown()) })),
      })
      .parse(JSON.parse(printed));
    const named = components.map(
      ({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')).split('?')[0],
    );
    const locked = packages.map(({ name, version }) => `${name}@${version}`);
    expect([...new Set(named)].sort()).toEqual([...new Set(locked)].sort());
    expect(components.filter(({ hashes }) => hashes.length === 0)).toEqual([]);
  });

  it('are listed in docs/licences.md as they are now', () => {
    expect(text('docs/licences.md'), 'run npm run licences').toBe(licencesPage(packages));
  });
});
