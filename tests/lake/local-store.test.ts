import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LakeError } from '../../lake/lake-error.ts';
import { LocalStore, pendingFolder } from '../../lake/local-store.ts';
import { openStore, temporaryFolders } from './support/lake.ts';

const folder = temporaryFolders();
const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = async (store: LocalStore, key: string): Promise<string | undefined> => {
  const found = await store.get(key);
  return found && Buffer.from(found).toString();
};
const unwritable = { name: 'LakeError', code: 'LakeUnwritable' };

describe('a file that is put', () => {
  it('is there whole, replaces what was there, and leaves nothing pending', async () => {
    const store = openStore(folder());
    await store.put('a/b/c.json', bytes('one'));
    await store.put('a/b/c.json', bytes('two'));
    expect(await textOf(store, 'a/b/c.json')).toBe('two');
    expect(await store.sizeOf('a/b/c.json')).toBe(3);
    expect(await store.list('.')).toEqual(['a/b/c.json']);
  });

  it('lies in the lake also where the folder was named with a slash at its end, or in a roundabout way', async () => {
    const root = folder();
    await new LocalStore(`${root}/`).put('a.json', bytes('one'));
    await new LocalStore(`${root}/x/..`).put('b.json', bytes('two'));
    expect((await openStore(root).list('.')).sort()).toEqual(['a.json', 'b.json']);
  });

  it('leaves nothing pending where its place cannot be made', async () => {
    const store = openStore(folder());
    await store.put('taken', bytes('a file, not a folder'));
    await expect(store.put('taken/below', bytes('x'))).rejects.toMatchObject(unwritable);
    await expect(store.putIfAbsent('taken/below', bytes('x'))).rejects.toMatchObject(unwritable);
    expect(await store.list('.')).toEqual(['taken']);
  });
});

describe('of 20 callers who put the same new file at once', () => {
  it.each([1, 2, 3])('exactly one wins, and the file is what the winner wrote (round %i)', async (round) => {
    const root = folder();
    const stores = Array.from({ length: 20 }, () => openStore(root));
    const key = `records/${round}/000001.json`;
    const wins = await Promise.all(
      stores.map((store, index) => store.putIfAbsent(key, bytes(`writer ${index}`))),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await textOf(openStore(root), key)).toBe(`writer ${wins.indexOf(true)}`);
    expect(await openStore(root).list(pendingFolder)).toEqual([]);
  });
});

describe('one entry under many keys', () => {
  it('leaves out the keys that are taken and fills the others', async () => {
    const store = openStore(folder());
    await store.put('k/2', bytes('was here'));
    const prepared = await store.prepare(bytes('new'));
    const claims = await Promise.all(['k/1', 'k/2', 'k/3'].map((key) => prepared.claim(key)));
    expect(claims).toEqual([true, false, true]);
    await prepared.forget();
    expect(await Promise.all(['k/1', 'k/2', 'k/3'].map((key) => textOf(store, key)))).toEqual([
      'new',
      'was here',
      'new',
    ]);
    expect(await store.list(pendingFolder)).toEqual([]);
  });
});

describe('a file or folder that is promoted', () => {
  it('moves to its place in one step, and says where there is nothing to move', async () => {
    const store = openStore(folder());
    await store.put('incoming/b/raw.json', bytes('raw'));
    expect(await store.promote('incoming/b', 'staging/day/b')).toBe(true);
    expect(await store.promote('incoming/b', 'staging/day/b')).toBe(false);
    expect(await store.list('.')).toEqual(['staging/day/b/raw.json']);
  });

  it('replaces the file that was there, of which a name that was kept still has the content', async () => {
    const store = openStore(folder());
    await store.put('bronze/x', bytes('old'));
    await store.put('candidates/x', bytes('new'));
    expect(await store.keep('bronze/x', 'superseded/1')).toBe(true);
    await store.promote('candidates/x', 'bronze/x');
    expect(await store.keep('bronze/x', 'superseded/1')).toBe(true);
    expect(await textOf(store, 'superseded/1')).toBe('old');
    expect(await textOf(store, 'bronze/x')).toBe('new');
    expect(await store.keep('bronze/none', 'superseded/2')).toBe(false);
  });
});

describe('folders that vanish', () => {
  it('are made again by the next write, of whatever kind', async () => {
    const store = openStore(folder());
    const writes: (() => Promise<unknown>)[] = [
      () => store.put('a/b/put', bytes('x')),
      () => store.putIfAbsent('a/b/absent', bytes('x')),
      async () => {
        const prepared = await store.prepare(bytes('x'));
        await prepared.claim('a/b/many');
        await prepared.claim('a/c/many');
        await prepared.forget();
      },
      () => store.put('from', bytes('x')).then(() => store.promote('from', 'a/b/promoted')),
      () => store.put('from', bytes('x')).then(() => store.keep('from', 'a/b/kept')),
    ];
    for (const write of writes) {
      await store.put('a/b/first', bytes('x'));
      await rm(store.root, { recursive: true });
      await write();
      await rm(store.pathOf('a'), { recursive: true });
      await rm(store.pathOf(pendingFolder), { recursive: true, force: true });
      await write();
    }
    expect((await store.list('a')).length).toBeGreaterThan(0);
  });

  it('are an empty list and no file to a reader', async () => {
    const store = openStore(join(folder(), 'never made'));
    expect([await store.list('bronze'), await store.namesIn('bronze'), await store.get('bronze/x')]).toEqual([
      [],
      [],
      undefined,
    ]);
    await store.remove('bronze');
  });

  it('do not make a list forget the files that stay', async () => {
    const store = openStore(folder());
    await store.put('bronze/stays/data', bytes('x'));
    let isMoving = true;
    const moving = (async () => {
      while (isMoving) {
        await store.put('bronze/goes/deep/er/data', bytes('x'));
        await store.remove('bronze/goes');
      }
    })();
    const lists = await Promise.all(Array.from({ length: 300 }, () => store.list('bronze')));
    isMoving = false;
    await moving;
    expect(lists.filter((list) => !list.includes('bronze/stays/data'))).toEqual([]);
  });
});

/** Mounts a file system of 64 KiB at a folder; undefined where this machine does not allow it. */
function mountSmall(): { root: string; unmount(): void } | undefined {
  const root = folder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', root], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { root, unmount: () => void execFileSync('umount', [root]) };
}

const canMount = (() => {
  const small = mountSmall();
  small?.unmount();
  return small !== undefined;
})();

describe.skipIf(!canMount)('a full disk (skipped where a small file system cannot be mounted)', () => {
  const onSmallDisk = async (test: (store: LocalStore) => Promise<void>): Promise<void> => {
    const small = mountSmall();
    if (!small) throw new Error('The small file system could be mounted a moment ago');
    try {
      await test(openStore(small.root));
    } finally {
      small.unmount();
    }
  };
  const tooMuch = new Uint8Array(100_000).fill(7);

  it('refuses the write as LakeUnwritable and shows no part of it', () =>
    onSmallDisk(async (store) => {
      await store.put('bronze/a', bytes('old'));
      await expect(store.put('bronze/a', tooMuch)).rejects.toMatchObject(unwritable);
      await expect(store.putIfAbsent('records/1', tooMuch)).rejects.toMatchObject(unwritable);
      await expect(store.prepare(tooMuch)).rejects.toMatchObject(unwritable);
      expect(await store.list('.')).toEqual(['bronze/a']);
      expect(await textOf(store, 'bronze/a')).toBe('old');
    }));

  it('says what was being done, what was found and what to do', () =>
    onSmallDisk(async (store) => {
      const error = await store.put('bronze/a', tooMuch).catch((found: unknown) => found);
      expect(error).toBeInstanceOf(LakeError);
      expect((error as LakeError).message).toMatch(/write bronze\/a .*ENOSPC.*Check disk space/);
    }));

  it('takes the same write as soon as there is room', () =>
    onSmallDisk(async (store) => {
      await store.put('filler', new Uint8Array(40_000));
      await expect(store.put('bronze/a', new Uint8Array(40_000))).rejects.toMatchObject(unwritable);
      await store.remove('filler');
      await store.put('bronze/a', new Uint8Array(40_000));
      expect(await store.list('.')).toEqual(['bronze/a']);
    }));

  it('is a read-only disk too', () =>
    onSmallDisk(async (store) => {
      await store.put('bronze/a', bytes('old'));
      execFileSync('mount', ['-o', 'remount,ro', store.root]);
      await expect(store.put('bronze/a', bytes('new'))).rejects.toMatchObject(unwritable);
      await expect(store.promote('bronze/a', 'bronze/b')).rejects.toMatchObject(unwritable);
      expect(await textOf(store, 'bronze/a')).toBe('old');
    }));
});

describe('a reader who reads while a file is replaced over and over', () => {
  it('sees one whole content or another', async () => {
    const store = openStore(folder());
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(50_000));
    await store.put('bronze/x', bytes(contents[0] ?? ''));
    let isWriting = true;
    const writing = (async () => {
      for (let lap = 0; lap < 60; lap += 1) await store.put('bronze/x', bytes(contents[lap % 3] ?? ''));
      isWriting = false;
    })();
    const seen = new Set<string>();
    while (isWriting) seen.add(await readFile(store.pathOf('bronze/x'), 'utf8'));
    await writing;
    expect([...seen].every((text) => contents.includes(text))).toBe(true);
  });
});

describe('a lake that is moved to another folder', () => {
  it('is read there as it was', async () => {
    const before = folder();
    await openStore(before).put('a/b', bytes('x'));
    const after = join(folder(), 'elsewhere');
    mkdirSync(join(after, '..'), { recursive: true });
    await rename(before, after);
    await writeFile(join(after, 'note.txt'), 'a person was here');
    expect((await openStore(after).list('.')).sort()).toEqual(['a/b', 'note.txt']);
    expect(existsSync(before)).toBe(false);
  });
});
