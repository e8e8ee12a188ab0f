import { describe, expect, it } from 'vitest';
import { knownApis } from '../../../sources/index.ts';
import { isSampleSource, sampleApi, sampleFolder, sampleSources } from '../../../sources/sample/apis.ts';

describe('the APIs of the sample market', () => {
  it('each have a folder of their own, and none begins within another', () => {
    const folders = sampleSources.map(sampleFolder);
    const nested = folders.filter((folder) =>
      folders.some((other) => other !== folder && folder.startsWith(`${other}/`)),
    );
    expect([nested, new Set(folders).size]).toEqual([[], folders.length]);
    expect(folders.filter((folder) => !/^(\/[a-z0-9.-]+)+$/.test(folder))).toEqual([]);
  });

  it('are all that are registered as sources', () => {
    expect([...sampleSources].sort()).toEqual(knownApis.map(({ name }) => name).sort());
  });

  it.each(sampleSources)('%s tells a limit from an outage in its own words', (source) => {
    const occasion = { now: new Date(0), requestId: 'id' };
    const [limit, outage] = [429, 500].map((status) => sampleApi(source).errorAnswer(status, occasion).body);
    expect(limit).not.toEqual(outage);
  });

  it('are known by name, and a name that is none is refused with those that are', () => {
    expect(['massive', 'toString', 'coinbase-pro'].map(isSampleSource)).toEqual([true, false, false]);
    // A name that comes from outside has passed no compiler.
    expect(() => sampleFolder('nosuch' as 'massive')).toThrow(/does not play "nosuch".*coingecko/);
  });
});
