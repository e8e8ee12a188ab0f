import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bronzeFile, cellRecordsFolder, supersededFile } from '../../lake/layout.ts';
import { cellFile, openStore, publishFile, stockCell, temporaryFolders } from './support/lake.ts';
import { runActs } from './support/run-acts.ts';

const folder = temporaryFolders();
const cell = stockCell('A');
const records = cellRecordsFolder(cell);
const place = bronzeFile(cell);
const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/** One call that makes a name or makes something durable, with keys below the lake's root. */
interface Step {
  readonly name: string;
  readonly from?: string;
  readonly to: string;
}

/** Where the first such step after another one stands; fails where there is none. */
function at(steps: readonly Step[], what: string, found: (step: Step) => boolean, after = -1): number {
  const index = steps.findIndex((step, position) => position > after && found(step));
  expect(index, `${what}, in ${JSON.stringify(steps)}`).toBeGreaterThan(after);
  return index;
}

/** Walks through the steps of a restatement in the order in which they must come. */
function expectDurableOrder(steps: readonly Step[]): void {
  const sync = (key: string, after: number): number =>
    at(steps, `sync of ${key}`, ({ name, to }) => name === 'sync' && to === key, after);
  const named = (kind: string, to: string, after: number): { index: number; from: string } => {
    const index = at(steps, `${kind} to ${to}`, (step) => step.name === kind && step.to === to, after);
    return { index, from: steps[index]?.from ?? '' };
  };
  const isSynced = (key: string, before: number): void =>
    expect(sync(key, -1), `sync of ${key}`).toBeLessThan(before);

  const candidateAt = at(
    steps,
    'rename to candidates',
    ({ name, to }) => name === 'rename' && to.startsWith('candidates/'),
  );
  const candidate = steps[candidateAt]?.to ?? '';
  isSynced(steps[candidateAt]?.from ?? '', candidateAt);
  const candidateSynced = sync('candidates', candidateAt);

  const record = named('link', `${records}/000002.json`, candidateSynced);
  isSynced(record.from, record.index);
  const recordSynced = sync(records, record.index);

  const kept = named('link', supersededFile(cell, 1), recordSynced);
  expect(kept.from).toBe(place);
  const keptSynced = sync(folderOf(supersededFile(cell, 1)), kept.index);

  const published = named('rename', place, keptSynced);
  expect(published.from).toBe(candidate);
  const publishedSynced = sync(folderOf(place), published.index);
  expect(steps.slice(publishedSynced + 1)).toEqual([]);

  for (const [index, { name, to }] of steps.entries()) {
    if (name !== 'mkdir') continue;
    const parent = to.includes('/') ? folderOf(to) : '';
    const firstUse = steps.findIndex((step, position) => position > index && step.to.startsWith(`${to}/`));
    const parentSynced = sync(parent, index);
    if (firstUse >= 0)
      expect(parentSynced, `the name of ${to} is durable before it is used`).toBeLessThan(firstUse);
  }
}

const below = (root: string, path: string): string => path.slice(root.length + 1);

/** A lake in which the cell has been published once. */
async function publishedOnce(): Promise<string> {
  const root = folder();
  await publishFile(openStore(root), cell, 'run-0.w.1', cellFile(cell, 1));
  return root;
}

describe('a restatement makes everything durable before the next thing rests on it', () => {
  it('as its own calls tell: file, its name, the record, its name, the old file, then the new one, and only then an answer', async () => {
    const root = await publishedOnce();
    const { told } = await runActs([{ act: 'publish', root, close: 2 }]);
    const steps = (told[0]?.calls ?? [])
      .filter(({ name }) => ['sync', 'link', 'rename', 'mkdir'].includes(name))
      .map(({ name, path }): Step => {
        const [first = '', second] = path.split(' > ');
        return second === undefined
          ? { name, to: below(root, first) }
          : { name, from: below(root, first), to: below(root, second) };
      });
    expectDurableOrder(steps);
  });
});

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!canTrace())(
  'the same, seen from outside by strace (skipped where strace cannot run)',
  () => {
    let steps: Step[] = [];

    beforeAll(async () => {
      const root = await publishedOnce();
      const log = join(folder(), 'trace');
      const calls = 'trace=fsync,fdatasync,link,linkat,rename,renameat,renameat2,mkdir,mkdirat';
      const { told, complaint } = await runActs(
        [{ act: 'publish', root, close: 2 }],
        ['strace', '-f', '-y', '-z', '-s', '4096', '-e', calls, '-o', log],
      );
      expect([complaint, told[0]?.ended]).toEqual(['', 'answered']);
      steps = stepsOf(root, await readFile(log, 'utf8'));
    });

    it('is the order of the system calls', () => {
      expectDurableOrder(steps);
    });

    it('and no call is made in the lake that the counting of calls in the other tests would miss', () => {
      expect(new Set(steps.map(({ name }) => name))).toEqual(new Set(['sync', 'link', 'rename', 'mkdir']));
    });
  },
);

/** Reads strace's lines about a lake: the call, and the quoted paths or that of the open file. */
function stepsOf(root: string, log: string): Step[] {
  const unfinished = new Map<string, string>();
  return log.split('\n').flatMap((line): Step[] => {
    const [, thread = '', said = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (said.endsWith('<unfinished ...>')) unfinished.set(thread, said);
    const whole = said.startsWith('<...') ? `${unfinished.get(thread) ?? ''} ${said}` : said;
    const name = /^\w+/.exec(whole)?.[0];
    if (name === undefined || !/\)\s+= 0$/.test(whole)) return [];
    const paths = [...whole.matchAll(/"([^"]+)"|\d+<([^>]+)>/g)].map((match) => match[1] ?? match[2] ?? '');
    const keys = paths
      .filter((path) => path === root || path.startsWith(`${root}/`))
      .map((path) => below(root, path));
    const last = keys.at(-1);
    if (last === undefined) return [];
    const kind = name.replace(/^f(data)?sync$/, 'sync').replace(/at2?$/, '');
    return [keys.length > 1 ? { name: kind, from: keys[0] ?? '', to: last } : { name: kind, to: last }];
  });
}
