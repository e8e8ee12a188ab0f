import { stat, statfs } from 'node:fs/promises';
import { pendingKey } from '../../lake/local-store.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { ok, type Finding } from './finding.ts';

const tightBytes = 1e9;
const tooLittleBytes = 50e6;
/** Folders between which files are renamed and linked, which no file system does across mounts. */
const mountFolders = [
  '.',
  'pending',
  'candidates',
  'bronze',
  'records',
  'staging',
  'incoming',
  'superseded',
  'archive',
  'compact',
  'refused',
];

/** Linux's own numbers for file systems on which a rename or a sync promises less than a local disk's. */
const doubtfulSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS: a rename may be seen late, and locks may be missing; use a local disk'],
  [0xfe534d42, 'SMB: links and syncs may be missing; use a local disk'],
  [0xff534d42, 'CIFS: links and syncs may be missing; use a local disk'],
  [0x65735546, 'FUSE: what it promises depends on what is behind it; use a local disk'],
  [0x01021997, '9p: a shared folder of a virtual machine; use a disk of its own'],
  [0x794c7630, 'overlay: it goes with its container; use a mounted volume'],
  [0x01021994, 'tmpfs: it is memory, gone after a restart; use a disk'],
]);

/** Looks at the lake's place: writable, enough room, one mount, a file system that keeps its promises. */
export async function checkDisk(open: OpenLake): Promise<Finding[]> {
  const room = await statfs(open.settings.lakeFolder);
  return [
    await checkWritable(open),
    checkRoom(room.bavail * room.bsize),
    await checkMounts(open),
    checkSystem(room.type),
  ];
}

async function checkWritable({ store, settings }: OpenLake): Promise<Finding> {
  const key = pendingKey();
  try {
    await store.put(key, new Uint8Array(1));
    await store.remove(key);
    return ok('lake', `${settings.lakeFolder} can be written`);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return {
      check: 'lake',
      verdict: 'wrong',
      found,
      fix: `make ${settings.lakeFolder} writable, or set MARKETLAKE_DATA_DIR`,
    };
  }
}

function checkRoom(freeBytes: number): Finding {
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  if (freeBytes >= tightBytes) return ok('room', found);
  const verdict = freeBytes < tooLittleBytes ? 'wrong' : 'warn';
  return {
    check: 'room',
    verdict,
    found,
    fix: 'make room: 90 days of seven assets take about 25 MB, the server about as much',
  };
}

async function checkMounts({ store, settings }: OpenLake): Promise<Finding> {
  const home = (await stat(settings.lakeFolder)).dev;
  for (const folder of mountFolders) {
    const device = await stat(store.pathOf(folder)).then(
      ({ dev }) => dev,
      () => home,
    );
    if (device === home) continue;
    const found = `${store.pathOf(folder)} lies on another mount than the lake: nothing can be renamed into place`;
    return { check: 'mounts', verdict: 'wrong', found, fix: 'put the whole lake on one mount' };
  }
  return ok('mounts', 'the whole lake lies on one');
}

function checkSystem(type: number): Finding {
  const doubt = doubtfulSystems.get(type >>> 0);
  if (doubt === undefined) return ok('files', 'a local file system');
  const [found = doubt, fix] = doubt.split('; ');
  return { check: 'files', verdict: 'warn', found, ...(fix ? { fix } : {}) };
}
