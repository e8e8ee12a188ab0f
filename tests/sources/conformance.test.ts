import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../settings.ts';
import { knownSources } from '../../sources/index.ts';
import { examine } from './conformance/examine.ts';
import { factsOfApis, factsOfLocalSources } from './conformance/facts.ts';
import type { ApiFacts } from './conformance/facts-shape.ts';
import { openStage, type Stage } from './conformance/stage.ts';

const facts: ReadonlyMap<string, ApiFacts> = new Map(Object.entries(factsOfApis));
const sources = [...knownSources.values()];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage([], [join(projectFolder, 'contracts')]);
});
afterAll(() => stage.market.close());

for (const source of sources.filter(({ usual }) => !usual.isLocal))
  examine(source, facts.get(source.name), () => stage);

describe('the table of facts', () => {
  it('tells of every registered source, or why the suite has no questions for it', () => {
    const told = [...facts.keys(), ...Object.keys(factsOfLocalSources)].sort();
    expect(told).toEqual(sources.map(({ name }) => name).sort());
  });

  it('tells of no resource that is gone', () => {
    for (const { name, resources } of sources)
      expect(Object.keys(resources)).toEqual(
        expect.arrayContaining(Object.keys(facts.get(name)?.resources ?? {})),
      );
  });
});
