import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../../settings.ts';
import { createSources, knownApis, knownSources } from '../../sources/index.ts';

const table = readFileSync(join(projectFolder, 'docs/sources/README.md'), 'utf8');

describe.each([...knownSources])('the registered source %s', (name, { name: ownName, usual, resources }) => {
  it('stands under its own name, which fits into a dataset, a path and a variable', () => {
    expect(ownName).toBe(name);
    expect(name).toMatch(/^[a-z0-9]+$/);
  });

  it('has a contract for every resource, a page in docs/sources and a row in its table', () => {
    const needed = [
      ...Object.keys(resources).map((resource) => `contracts/${name}.${resource}.odcs.yaml`),
      `docs/sources/${name}.md`,
    ];
    expect(needed.length).toBeGreaterThan(1);
    expect(needed.filter((file) => !existsSync(join(projectFolder, file)))).toEqual([]);
    expect(table).toContain(`| [${name}](${name}.md) |`);
  });

  it('says when a day is final, in a time zone that is known', () => {
    expect(usual.final.time).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
    expect(() => new Intl.DateTimeFormat('en', { timeZone: usual.final.timeZone })).not.toThrow();
  });
});

describe.each([...knownApis])('the registered API $name', ({ usual }) => {
  it('answers over HTTPS, at an address without a trailing slash', () => {
    expect(usual.baseUrl).toMatch(/^https:\/\/[^/]+(\/.+)?(?<!\/)$/);
  });

  it('with a key of its own address answers there under the same path', () => {
    const { baseUrl, baseUrlWithKey = baseUrl } = usual;
    expect(new URL(baseUrlWithKey).pathname).toBe(new URL(baseUrl).pathname);
    expect(baseUrlWithKey).toMatch(/^https:\/\//);
  });

  it('says where a free key is to be had and what it switches on, so that it can end a sentence', () => {
    if (usual.key.need === 'none') return expect(usual.planWithKey).toBeUndefined();
    if (usual.key.need === 'paid') return expect(usual.planWithKey).toBeDefined();
    expect(usual.key.freeFrom).toMatch(/^https:\/\//);
    expect(usual.key.switchesOn).toMatch(/^\S.*[^.]$/);
  });

  it('has a plan that a backfill can go on under', () => {
    const { requestsPerMinute, requestsPerDay, requestsPerMonth, historyDays } = usual.plan;
    for (const limit of [requestsPerMinute, requestsPerDay, requestsPerMonth, historyDays])
      expect(limit ?? 1).toBeGreaterThan(0);
  });
});

it('sources are built anew for each configuration', () => {
  expect([...createSources({ csvFiles: {} }).keys()]).toEqual([...knownSources.keys()]);
  expect(createSources({ csvFiles: {} }).get('csv')).not.toBe(knownSources.get('csv'));
});
