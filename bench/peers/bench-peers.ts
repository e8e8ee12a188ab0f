import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSampleMarket } from '../../sources/sample/server.ts';
import { days as usualDays } from '../shape.ts';
import { dagsterCellsPeer } from './dagster-cells.ts';
import { dagsterPeers } from './dagster.ts';
import { Environments } from './environments.ts';
import { writeJob } from './job.ts';
import { ourPeers } from './ours.ts';
import { page } from './page.ts';
import type { Peer, Scene } from './peer.ts';
import { plainPeers } from './plain.ts';
import { prefectPeers } from './prefect.ts';
import { Rows, type Row } from './rows.ts';

/** What is measured, and where it is kept. */
export interface PeersOptions {
  readonly rounds: number;
  /** A folder for environments and rows that outlives the bench: given again, what is there is not done again. */
  readonly keep?: string;
  /** Names of peers; left out, all. */
  readonly only?: readonly string[];
  readonly days?: number;
  /** True: nobody is killed. */
  readonly isSpared?: boolean;
}

const scenePrefix = 'scene-';

const peers: readonly Peer[] = [
  ...ourPeers,
  ...prefectPeers,
  ...dagsterPeers,
  dagsterCellsPeer,
  ...plainPeers,
];

/** The names by which peers are chosen. */
export const peerNames: readonly string[] = peers.map((peer) => peer.name);

/**
 * Measures each peer once a round, in turn, so that whatever else the machine does falls on all of them; then kills
 * each once. One that fails is said so and holds up no other.
 */
export async function benchPeers(options: PeersOptions): Promise<void> {
  // A reader of bronze that fails while its story is still told must not take the other peers along.
  process.on('unhandledRejection', (error) => console.log(`a reader failed: ${String(error)}`));
  const folder = await folderOf(options.keep);
  const chosen = peers.filter((peer) => options.only?.includes(peer.name) ?? true);
  const days = options.days ?? usualDays;
  const [environments, rows] = [new Environments(folder), await Rows.open(folder)];
  const tell = async (): Promise<void> => writeFile(join(folder, 'peers.md'), page(peers, rows.all, days));
  for (let round = 1; round <= options.rounds; round += 1)
    for (const peer of chosen) {
      await measureOnce(rows, { kind: 'speed', peer: peer.name, round, days }, async () => ({
        speed: await inScene(environments, folder, Math.min(days, peer.mostDays ?? days), peer.measure),
      }));
      await tell();
    }
  for (const peer of chosen) {
    const { kill } = peer;
    if (!kill || options.isSpared) continue;
    await measureOnce(rows, { kind: 'kill', peer: peer.name, round: 1, days }, async () => ({
      story: await inScene(environments, folder, Math.min(days, peer.mostDays ?? days), kill),
    }));
    await tell();
  }
  console.log(`\n${page(peers, rows.all, days)}`);
  if (options.keep === undefined) await rm(folder, { recursive: true, force: true });
  else
    console.log(`\nThe rows are in ${join(folder, 'rows.jsonl')}, this page in ${join(folder, 'peers.md')}.`);
}

async function folderOf(keep: string | undefined): Promise<string> {
  if (keep === undefined) return mkdtemp(join(tmpdir(), 'bench-peers-'));
  await mkdir(keep, { recursive: true });
  // Of a bench that was stopped.
  for (const name of await readdir(keep))
    if (name.startsWith(scenePrefix) && !isAlive(Number(name.split('-')[1])))
      await rm(join(keep, name), { recursive: true, force: true });
  return resolve(keep);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

async function measureOnce(
  rows: Rows,
  key: Pick<Row, 'kind' | 'peer' | 'round' | 'days'>,
  act: () => Promise<Pick<Row, 'speed' | 'story'>>,
): Promise<void> {
  if (rows.has(key)) return;
  const began = { at: new Date().toISOString(), load: loadavg()[0] ?? 0 };
  const name = `${key.kind}, round ${key.round}, ${key.peer}`;
  try {
    const measured = await act();
    await rows.add({ ...key, ...began, ...measured });
    const { speed, story } = measured;
    if (speed)
      console.log(
        `${name}: ${(speed.cells / speed.seconds).toFixed(1)} cells/s, ${speed.seconds.toFixed(1)} s`,
      );
    if (story) console.log(`${name}: ${JSON.stringify(story)}`);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    await rows.add({ ...key, ...began, failure });
    console.log(`${name} failed: ${failure}`);
  }
}

async function inScene<T>(
  environments: Environments,
  parent: string,
  days: number,
  act: (scene: Scene) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, `${scenePrefix}${process.pid}-`));
  const market = await startSampleMarket();
  try {
    const job = (): ReturnType<typeof writeJob> =>
      writeJob(join(folder, 'lake'), market.url, days, new Date());
    return await act({ environments, folder, market, days, job });
  } finally {
    await market.close();
    await rm(folder, { recursive: true, force: true });
  }
}
