import { afterAll, expect, it } from 'vitest';
import { CallCounter, counted, watchFileCalls } from './support/file-calls.ts';
import { openStore, temporaryFolders } from './support/lake.ts';

const folder = temporaryFolders();
const names = Array.from({ length: 40 }, (_, index) => `many/${index}.json`);

afterAll(watchFileCalls());

it('forty names put into one folder at once share a few syncs, and the last of them comes after the last name', async () => {
  const store = openStore(folder());
  const prepared = await store.prepare(Buffer.from('{}\n'));
  const counter = new CallCounter(Number.MAX_SAFE_INTEGER, 'halt');
  const claims = await counted(counter, () => Promise.all(names.map((name) => prepared.claim(name))));
  expect(claims).toEqual(names.map(() => true));
  const isSync = ({ name, path }: { name: string; path: string }): boolean =>
    name === 'sync' && path.endsWith('/many');
  const syncs = counter.calls.filter(isSync);
  expect(syncs.length).toBeGreaterThan(0);
  expect(syncs.length).toBeLessThan(names.length / 2);
  const lastLink = counter.calls.findLastIndex(({ name }) => name === 'link');
  expect(counter.calls.findLastIndex(isSync)).toBeGreaterThan(lastLink);
});

it('a sync that fails is told to all who named something meanwhile, and not made good by the next one', async () => {
  const store = openStore(folder());
  await store.put('many/first.json', Buffer.from('{}\n'));
  const prepared = await store.prepare(Buffer.from('{}\n'));
  const seen = new CallCounter(Number.MAX_SAFE_INTEGER, 'fail');
  await counted(seen, () => prepared.claim('many/probe.json'));
  // The first sync of the folder comes after as many links as begin before it.
  const firstSync = seen.calls.findIndex(({ name }) => name === 'sync') + names.length - 1;
  const counter = new CallCounter(firstSync, 'fail');
  const claims = await counted(counter, () => Promise.allSettled(names.map((name) => prepared.claim(name))));
  const syncs = counter.calls.filter(({ name }) => name.endsWith('sync'));
  expect(syncs.map(({ name }) => name)[0]).toBe('refused sync');
  const statuses = new Set(Array.isArray(claims) ? claims.map(({ status }) => status) : []);
  expect(statuses).toEqual(new Set(['rejected']));
});

it('a key that was taken is refused, and what took it stays', async () => {
  const store = openStore(folder());
  await store.put('many/0.json', Buffer.from('first'));
  const prepared = await store.prepare(Buffer.from('second'));
  expect(await prepared.claim('many/0.json')).toBe(false);
  await prepared.forget();
  expect(Buffer.from((await store.get('many/0.json')) ?? []).toString()).toBe('first');
  expect(await store.list('pending')).toEqual([]);
});
