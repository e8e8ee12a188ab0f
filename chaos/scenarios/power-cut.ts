import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LakeIndex } from '../../lake/lake-index.ts';
import { bronzeFile } from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { hashOf } from '../../lake/promise.ts';
import { readCellRecords } from '../../lake/records.ts';
import { recover } from '../../lake/recover.ts';
import { sha256 } from '../../lake/json.ts';
import { cellFile, publishFile, stockCell } from '../../tests/lake/support/acts.ts';
import { runActs } from '../../tests/lake/support/run-acts.ts';
import type { Scenario, ScenarioEnd } from '../scenario.ts';

/** File systems whose tools may be here, and how a copy of one is mounted beside it. */
const fileSystems = [
  { name: 'ext4', make: ['mkfs.ext4', '-q', '-F'], mount: 'loop' },
  { name: 'xfs', make: ['mkfs.xfs', '-q', '-f'], mount: 'loop,nouuid' },
  { name: 'btrfs', make: ['mkfs.btrfs', '-q', '-f'], mount: 'loop' },
] as const;

type FileSystem = (typeof fileSystems)[number];

const imageSize = '320M';
const shortStep = 7;

/**
 * A restatement is stopped before each of its file calls, and the image of its disk is copied as it is: what was not
 * synced is not in the copy. The copy is mounted, as after a power cut, and looked at.
 */
export const powerCut: Scenario = {
  rows: '2',
  about: 'the power is cut before each file call of a publication, on each file system there is (needs root)',
  play: async ({ isShort, say }) => {
    const ends: ScenarioEnd[] = [];
    const absent: string[] = [];
    for (const system of fileSystems) {
      if (!hasTool(system.make[0])) absent.push(system.name);
      else ends.push(await cutOn(system, isShort ? shortStep : 1, say));
    }
    const skipped =
      ends.find((end) => end.skipped)?.skipped ?? (ends.length === 0 ? 'no mkfs is here' : undefined);
    return {
      figures: [...ends.map(({ figures }) => figures), ...absent.map((name) => `${name} is not here`)].join(
        '; ',
      ),
      complaints: ends.flatMap(({ complaints }) => complaints),
      ...(skipped === undefined ? {} : { skipped }),
    };
  },
};

function hasTool(name: string): boolean {
  try {
    execFileSync('which', [name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function cutOn(system: FileSystem, step: number, say: (line: string) => void): Promise<ScenarioEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'power-cut-'));
  const disk = new ImageDisk(system, folder);
  try {
    await disk.make();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { figures: '', complaints: [], skipped: `no image can be mounted here: ${said}` };
  }
  try {
    return await cutEverywhere(disk, system.name, step, say);
  } finally {
    disk.unmount();
    await rm(folder, { recursive: true, force: true });
  }
}

async function cutEverywhere(
  disk: ImageDisk,
  name: string,
  step: number,
  say: (line: string) => void,
): Promise<ScenarioEnd> {
  const root = join(disk.place, 'lake');
  const publish = async (ticker: string): Promise<unknown> =>
    publishFile(new LocalStore(root), stockCell(ticker), 'run-0.w.1', cellFile(stockCell(ticker), 1));
  await publish('PROBE');
  const { told } = await runActs([{ act: 'publish', root, name: 'PROBE', close: 2 }]);
  const calls = told[0]?.calls ?? [];
  const stops = calls.flatMap((_, index) => (index % step === 0 ? [index] : [])).concat(calls.length);
  for (const stop of stops) await publish(`T${stop}`);
  execFileSync('sync');
  // What is not synced must be lost, or a copy would prove nothing.
  await writeFile(join(disk.place, 'unsynced'), 'x'.repeat(10_000));
  const complaints = await disk.afterCut(async (copy) => {
    const store = new LocalStore(copy);
    return (await store.sizeOf('unsynced')) === 10_000 ? ['an unsynced file was in the copy'] : [];
  });
  for (const stopBefore of stops) {
    const isAnswered = stopBefore === calls.length;
    await runActs([{ act: 'publish', root, name: `T${stopBefore}`, close: 2, stopBefore, how: 'kill' }]);
    const found = await disk.afterCut((copy) =>
      complaintsOf(new LocalStore(join(copy, 'lake')), `T${stopBefore}`, isAnswered),
    );
    complaints.push(...found.map((each) => `${name}, cut before call ${stopBefore}: ${each}`));
  }
  say(`  ${name}: ${stops.length} power cuts`);
  return { figures: `${name}: ${stops.length} cuts, ${complaints.length} bad`, complaints };
}

async function complaintsOf(store: LocalStore, ticker: string, isAnswered: boolean): Promise<string[]> {
  const cell = stockCell(ticker);
  const [old, fresh] = [1, 2].map((close) => sha256(cellFile(cell, close)));
  const shown = await hashOf(store, bronzeFile(cell));
  const complaints: string[] = [];
  if (shown !== fresh && (isAnswered || shown !== old)) complaints.push(`bronze holds ${shown ?? 'nothing'}`);
  const help = { isOpen: async () => false, restore: async () => false, now: () => new Date() };
  const { quarantined, lost } = await recover(store, new LakeIndex(store), help);
  complaints.push(...[...quarantined, ...lost].map((key) => `recovery gave up ${key}`));
  const promised = (await readCellRecords(store, cell)).at(-1)?.record.sha256;
  if ((await hashOf(store, bronzeFile(cell))) !== promised) complaints.push('its newest record is not kept');
  return complaints;
}

/** A file system in a file, and what a power cut at this moment would leave of it. */
class ImageDisk {
  readonly place: string;
  readonly #image: string;

  constructor(
    private readonly system: FileSystem,
    private readonly folder: string,
  ) {
    this.place = join(folder, 'disk');
    this.#image = join(folder, 'image');
  }

  async make(): Promise<void> {
    await mkdir(this.place);
    execFileSync('truncate', ['-s', imageSize, this.#image]);
    const [tool, ...flags] = this.system.make;
    execFileSync(tool, [...flags, this.#image], { stdio: 'pipe' });
    this.#mount(this.#image, this.place);
  }

  async afterCut(look: (copy: string) => Promise<string[]>): Promise<string[]> {
    const [image, place] = [join(this.folder, 'copy'), join(this.folder, 'after')];
    await mkdir(place, { recursive: true });
    execFileSync('cp', ['--sparse=always', this.#image, image]);
    this.#mount(image, place);
    try {
      return await look(place);
    } finally {
      execFileSync('umount', [place]);
    }
  }

  unmount(): void {
    execFileSync('umount', [this.place]);
  }

  #mount(image: string, place: string): void {
    execFileSync('mount', ['-o', this.system.mount, image, place], { stdio: 'pipe' });
  }
}
