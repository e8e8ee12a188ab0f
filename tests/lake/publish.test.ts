import { describe, expect, it } from 'vitest';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile, candidateFile, cellRecordsFolder, supersededFile } from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { currentPublication } from '../../lake/promise.ts';
import { publishCandidate, writeCandidate, type Candidate } from '../../lake/publish.ts';
import { appendCellRecord, claimRecord, readCellRecords, type CellRecord } from '../../lake/records.ts';
import {
  cellFile,
  eventsOf,
  facts,
  openStore,
  publishFile,
  stockCell,
  temporaryFolders,
} from './support/lake.ts';

const folder = temporaryFolders();
const cell = stockCell('AAPL');
const [one, two, three] = [cellFile(cell, 1), cellFile(cell, 2), cellFile(cell, 3)];
const place = bronzeFile(cell);
const same = async (store: LocalStore, key: string, bytes: Uint8Array): Promise<void> => {
  expect(sha256((await store.get(key)) ?? new Uint8Array())).toBe(sha256(bytes));
};

/** The record that an attempt claims just before it dies, with its file still a candidate. */
async function claimOnly(
  store: LocalStore,
  candidate: Candidate,
  supersedes?: CellRecord['supersedes'],
): Promise<void> {
  const record: CellRecord = {
    ...facts,
    event: 'published',
    sha256: candidate.sha256,
    sizeBytes: candidate.sizeBytes,
    rowCount: 1,
    candidate: candidate.file,
    ...(supersedes ? { supersedes } : {}),
  };
  expect(await claimRecord(store, cellRecordsFolder(cell), candidate.number, record)).toBe(true);
}

describe('the first publication', () => {
  it('puts the very bytes into bronze, records them as number 1, and leaves no candidate', async () => {
    const store = openStore(folder());
    expect(await publishFile(store, cell, 'a.1', one)).toEqual({
      outcome: 'published',
      number: 1,
      sha256: sha256(one),
    });
    await same(store, place, one);
    expect((await store.list('.')).sort()).toEqual([place, `${cellRecordsFolder(cell)}/000001.json`].sort());
    expect(await currentPublication(store, cell)).toMatchObject({
      number: 1,
      record: { ...facts, event: 'published', sha256: sha256(one), sizeBytes: one.byteLength, rowCount: 1 },
    });
  });

  it('answers the same to a second call with the same candidate, and changes nothing', async () => {
    const store = openStore(folder());
    const candidate = await writeCandidate(store, cell, 'a.1', one, 1);
    const first = await publishCandidate(store, cell, candidate, facts);
    expect(await publishCandidate(store, cell, candidate, { ...facts, recordedAt: 'later' })).toEqual(first);
    expect(await eventsOf(store, cell)).toEqual(['published']);
  });
});

describe('the same content once more', () => {
  it('is recorded as unchanged and moves nothing', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    expect(await publishFile(store, cell, 'b.1', one)).toMatchObject({ outcome: 'unchanged', number: 2 });
    expect(await eventsOf(store, cell)).toEqual(['published', 'unchanged']);
    expect([await store.list('candidates'), await store.list('superseded')]).toEqual([[], []]);
  });

  it('in another batch changes nothing either: the record says so and names the file that stays', async () => {
    const store = openStore(folder());
    const write = async (attempt: string, bytes: Uint8Array, content: string): Promise<Candidate> =>
      writeCandidate(store, cell, attempt, bytes, 1, content);
    await publishCandidate(store, cell, await write('a.1', one, 'said'), facts);
    const again = await write('b.1', two, 'said');
    const answer = { outcome: 'unchanged', number: 2, sha256: sha256(one) };
    expect(await publishCandidate(store, cell, again, facts)).toEqual(answer);
    expect(await publishCandidate(store, cell, again, facts)).toEqual(answer);
    await same(store, place, one);
    expect((await readCellRecords(store, cell)).map(({ record }) => record)).toMatchObject([
      { event: 'published', sha256: sha256(one) },
      { event: 'unchanged', sha256: sha256(one), sizeBytes: one.byteLength, contentSha256: 'said' },
    ]);
    expect([await store.list('candidates'), await store.list('superseded')]).toEqual([[], []]);
    await publishCandidate(store, cell, await write('c.1', three, 'said something else'), facts);
    await same(store, place, three);
    await same(store, supersededFile(cell, 1), one);
  });

  it('that nobody has a record of is a publication: with it alone the file has a right to be there', async () => {
    const store = openStore(folder());
    await store.put(place, one);
    await publishFile(store, cell, 'a.1', one);
    expect(await eventsOf(store, cell)).toEqual(['published']);
  });

  it('is a publication where a newer promise was never kept, so that the newest one names what lies there', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    const lost = await writeCandidate(store, cell, 'b.1', two, 1);
    await claimOnly(store, lost);
    await store.remove(lost.file);
    await publishFile(store, cell, 'c.1', one);
    expect((await currentPublication(store, cell))?.record.sha256).toBe(sha256(one));
    await same(store, place, one);
  });
});

describe('a restatement', () => {
  it('keeps the old file, and both records name both', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    await publishFile(store, cell, 'b.1', two);
    const keptAt = supersededFile(cell, 1);
    await same(store, place, two);
    await same(store, keptAt, one);
    const records = await readCellRecords(store, cell);
    expect(records.map(({ record }) => record.sha256)).toEqual([sha256(one), sha256(two)]);
    expect(records[1]?.record.supersedes).toEqual({ number: 1, sha256: sha256(one), keptAt });
  });

  it('after a restatement keeps each old file under the number that published it', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    await publishFile(store, cell, 'a.2', one);
    await publishFile(store, cell, 'b.1', two);
    await publishFile(store, cell, 'c.1', three);
    await same(store, supersededFile(cell, 1), one);
    await same(store, supersededFile(cell, 3), two);
    await same(store, place, three);
  });

  it('sets a file that no record names aside before it takes the place', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    await store.put(place, Buffer.from('somebody wrote here'));
    await publishFile(store, cell, 'b.1', two);
    await same(store, place, two);
    const foreign = await store.list('refused/foreign');
    expect(foreign).toHaveLength(1);
    await same(store, foreign[0] ?? '', Buffer.from('somebody wrote here'));
    expect(await store.list('superseded')).toEqual([]);
  });
});

describe('a candidate that is gone or altered', () => {
  it('is not published: CandidateGone, and nothing changes', async () => {
    const store = openStore(folder());
    const candidate = await writeCandidate(store, cell, 'a.1', one, 1);
    await store.put(candidate.file, two);
    await expect(publishCandidate(store, cell, candidate, facts)).rejects.toMatchObject({
      code: 'CandidateGone',
    });
    await store.remove(candidate.file);
    await expect(publishCandidate(store, cell, candidate, facts)).rejects.toMatchObject({
      code: 'CandidateGone',
    });
    expect(await store.list('.')).toEqual([]);
  });

  it('after its record was claimed is not called published, and the next attempt keeps the promise', async () => {
    const store = openStore(folder());
    const candidate = await writeCandidate(store, cell, 'a.1', one, 1);
    await claimOnly(store, candidate);
    await store.remove(candidate.file);
    await expect(publishCandidate(store, cell, candidate, facts)).rejects.toMatchObject({
      code: 'CandidateGone',
    });
    expect(await publishFile(store, cell, 'a.2', one)).toMatchObject({ outcome: 'published', number: 1 });
    await same(store, place, one);
    expect(await eventsOf(store, cell)).toEqual(['published']);
  });

  it('that vanishes between its check and its move is not called published', async () => {
    const store = openStore(folder());
    const candidate = await writeCandidate(store, cell, 'a.1', one, 1);
    const promote = store.promote.bind(store);
    store.promote = async (from, to) => {
      await store.remove(from);
      return promote(from, to);
    };
    await expect(publishCandidate(store, cell, candidate, facts)).rejects.toMatchObject({
      code: 'CandidateGone',
    });
    expect(await store.list('bronze')).toEqual([]);
  });

  it('of a restatement whose promise stands: the old file is kept when the next attempt keeps the promise', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    const lost = await writeCandidate(store, cell, 'b.1', two, 1);
    await claimOnly(store, lost, { number: 1, sha256: sha256(one), keptAt: supersededFile(cell, 1) });
    await store.remove(lost.file);
    await publishFile(store, cell, 'b.2', two);
    await same(store, place, two);
    await same(store, supersededFile(cell, 1), one);
    expect(await eventsOf(store, cell)).toEqual(['published', 'published']);
  });

  it('whose failure was recorded after its promise does not block the cell for ever', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', one);
    const lost = await writeCandidate(store, cell, 'b.1', two, 1);
    await claimOnly(store, lost, { number: 1, sha256: sha256(one), keptAt: supersededFile(cell, 1) });
    await store.remove(lost.file);
    await appendCellRecord(store, cell, { ...facts, event: 'failed', code: 'LakeUnwritable' });
    expect(await publishFile(store, cell, 'c.1', two)).toMatchObject({ outcome: 'published', number: 4 });
    await same(store, place, two);
    await same(store, supersededFile(cell, 1), one);
    expect((await currentPublication(store, cell))?.record.supersedes).toMatchObject({
      number: 1,
      sha256: sha256(one),
    });
  });
});

describe('a promise that a dead attempt left open', () => {
  it('is kept before the next number may be claimed', async () => {
    const store = openStore(folder());
    await claimOnly(store, await writeCandidate(store, cell, 'dead.1', one, 1));
    expect(await store.list('bronze')).toEqual([]);
    const next = await writeCandidate(store, cell, 'b.1', two, 1);
    await same(store, place, one);
    expect(next.number).toBe(2);
    await publishCandidate(store, cell, next, facts);
    await same(store, supersededFile(cell, 1), one);
  });
});

describe('two who publish at once', () => {
  it.each([1, 2, 3, 4, 5])(
    'different content: one wins, the other is told, and no file is lost (round %i)',
    async () => {
      const root = folder();
      await publishFile(openStore(root), cell, 'a.1', one);
      const attempts = [two, three].map(async (bytes, index) => {
        const store = openStore(root);
        return { store, candidate: await writeCandidate(store, cell, `b.${index}`, bytes, 1) };
      });
      const results = await Promise.allSettled(
        (await Promise.all(attempts)).map(({ store, candidate }) =>
          publishCandidate(store, cell, candidate, facts),
        ),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'LostRace' },
      });
      const winner = results[0]?.status === 'fulfilled' ? two : three;
      const store = openStore(root);
      await same(store, place, winner);
      await same(store, supersededFile(cell, 1), one);
      expect(await eventsOf(store, cell)).toEqual(['published', 'published']);
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'the same content: both are answered, once recorded, nothing left (round %i)',
    async () => {
      const root = folder();
      const attempts = Array.from({ length: 6 }, async (_, index) => {
        const store = openStore(root);
        return { store, candidate: await writeCandidate(store, cell, `b.${index}`, one, 1) };
      });
      const results = await Promise.all(
        (await Promise.all(attempts)).map(({ store, candidate }) =>
          publishCandidate(store, cell, candidate, facts),
        ),
      );
      expect(results.map(({ number }) => number)).toEqual([1, 1, 1, 1, 1, 1]);
      const store = openStore(root);
      expect(await eventsOf(store, cell)).toEqual(['published']);
      expect([await store.list('candidates'), await store.list('pending')]).toEqual([[], []]);
      await same(store, place, one);
    },
  );

  it('one candidate, two attempts of one activity: both are answered alike', async () => {
    const root = folder();
    const candidate = await writeCandidate(openStore(root), cell, 'a.1', one, 1);
    const results = await Promise.all(
      [1, 2].map(() => publishCandidate(openStore(root), cell, candidate, facts)),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['published', 'published']);
    expect(await eventsOf(openStore(root), cell)).toEqual(['published']);
  });
});

describe('a zombie, whose successor was there first,', () => {
  it('with other content is told that it lost', async () => {
    const store = openStore(folder());
    const zombie = await writeCandidate(store, cell, 'zombie.1', one, 1);
    await publishFile(store, cell, 'b.1', two);
    await expect(publishCandidate(store, cell, zombie, facts)).rejects.toMatchObject({ code: 'LostRace' });
    await same(store, place, two);
  });

  it('with the same content finds its work done', async () => {
    const store = openStore(folder());
    const zombie = await writeCandidate(store, cell, 'zombie.1', one, 1);
    await publishFile(store, cell, 'b.1', one);
    expect(await publishCandidate(store, cell, zombie, facts)).toMatchObject({
      outcome: 'published',
      number: 1,
    });
    expect([await eventsOf(store, cell), await store.list('candidates')]).toEqual([['published'], []]);
  });

  it.each(['promote', 'keep'] as const)(
    'stopped just before it could %s, does not undo what was published meanwhile',
    async (step) => {
      const root = folder();
      await publishFile(openStore(root), cell, 'a.1', one);
      const store = openStore(root);
      const candidate = await writeCandidate(store, cell, 'zombie.1', two, 1);
      const act = store[step].bind(store);
      store[step] = async (from, to) => {
        store[step] = act;
        // The same content under the same number by a successor, and then newer content.
        await publishFile(openStore(root), cell, 'b.1', two);
        await publishFile(openStore(root), cell, 'c.1', three);
        return act(from, to);
      };
      const answer = await publishCandidate(store, cell, candidate, facts);
      expect(answer).toMatchObject({ outcome: 'published', number: 2 });
      await same(store, place, three);
      await same(store, supersededFile(cell, 1), one);
      await same(store, supersededFile(cell, 2), two);
      expect(await store.list('candidates')).toEqual([]);
    },
  );

  it('stopped before its move, whose record a successor recognises by a candidate of its own, has nothing left to move', async () => {
    const root = folder();
    await publishFile(openStore(root), cell, 'a.1', one);
    const store = openStore(root);
    const zombie = await writeCandidate(store, cell, 'zombie.1', two, 1);
    const successor = await writeCandidate(openStore(root), cell, 'b.1', two, 1);
    const promote = store.promote.bind(store);
    store.promote = async (from, to) => {
      await publishCandidate(openStore(root), cell, successor, facts);
      await publishFile(openStore(root), cell, 'c.1', three);
      return promote(from, to);
    };
    await publishCandidate(store, cell, zombie, facts);
    await same(store, place, three);
    expect(await store.list('candidates')).toEqual([]);
  });
});

it('every cell of a lake has its own candidates, also where keys hold the separators', () => {
  const files = ['A~B', 'A', 'A/B', 'A.B'].map((ticker) => candidateFile(stockCell(ticker), 'a.1'));
  expect(new Set(files).size).toBe(4);
});
