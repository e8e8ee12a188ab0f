import type { FileCall } from './file-calls.ts';

/**
 * What a power cut may leave of a list of file calls, in the weakest model that a file system may follow: of all
 * operations that no sync has made durable, any subset has reached the disk, in any order. A rename is one operation.
 */

/** One operation; paths are below the lake's root. */
export type FileOperation =
  /** A name for a file or, with no inode, for a folder. */
  | { readonly kind: 'name'; readonly path: string; readonly inode: number }
  | { readonly kind: 'folder'; readonly path: string }
  /** A file's content, which may be lost while its name is there. */
  | { readonly kind: 'content'; readonly inode: number }
  | { readonly kind: 'move'; readonly from: string; readonly path: string; readonly inode: number }
  | { readonly kind: 'unname'; readonly path: string }
  | { readonly kind: 'sync-file'; readonly inode: number }
  | { readonly kind: 'sync-folder'; readonly path: string };

/** The names that are found after a crash, and what is behind them. */
export interface CrashState {
  readonly names: ReadonlyMap<string, number>;
  /** The files whose whole content is there; any other is empty or torn. */
  readonly whole: ReadonlySet<number>;
  /** How many operations had been asked for when it crashed. */
  readonly after: number;
}

/** A disk to begin with, on which everything is durable. */
export type Disk = Pick<CrashState, 'names' | 'whole'>;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Numbers the files that are there before the calls. */
export function diskOf(paths: readonly string[]): Disk {
  return { names: new Map(paths.map((path, inode) => [path, inode])), whole: new Set(paths.keys()) };
}

/** Reads calls, as they were counted, as operations on a disk. */
export function operationsOf(disk: Disk, root: string, calls: readonly FileCall[]): FileOperation[] {
  const inodes = new Map(disk.names);
  let made = disk.names.size;
  const below = (path: string): string => path.slice(root.length + 1);
  const isThere = (path: string): boolean =>
    path === '' || [...disk.names.keys()].some((name) => name.startsWith(`${path}/`));
  return calls.flatMap(({ name, path: said }): FileOperation[] => {
    const [path = '', to = ''] = said.split(' > ').map(below);
    const inode = inodes.get(path) ?? -1;
    switch (name) {
      case 'mkdir':
        return isThere(path) ? [] : [{ kind: 'folder', path }];
      case 'open':
        inodes.set(path, (made += 1));
        return [{ kind: 'name', path, inode: made }];
      case 'write':
        return [{ kind: 'content', inode }];
      case 'sync':
        return [inode < 0 ? { kind: 'sync-folder', path } : { kind: 'sync-file', inode }];
      case 'link':
        inodes.set(to, inode);
        return [{ kind: 'name', path: to, inode }];
      case 'rename':
        inodes.delete(path);
        inodes.set(to, inode);
        return [{ kind: 'move', from: path, path: to, inode }];
      case 'rm':
        inodes.delete(path);
        return [{ kind: 'unname', path }];
      default:
        throw new RangeError(`No operation is known for ${name} ${said}`);
    }
  });
}

/** Gives each state in which a crash before, between or after the operations may leave the disk. */
export function* crashStates(disk: Disk, operations: readonly FileOperation[]): Generator<CrashState> {
  for (let after = 0; after <= operations.length; after += 1) {
    const asked = operations.slice(0, after);
    const loose = asked.flatMap((operation, index) =>
      isDurable(operation, asked.slice(index + 1)) ? [] : [index],
    );
    for (let subset = 0; subset < 2 ** loose.length; subset += 1) {
      const lost = new Set(loose.filter((_, bit) => (subset & (1 << bit)) === 0));
      const kept = asked.filter((_, index) => !lost.has(index));
      yield { ...applied(disk, asked, kept), after };
    }
  }
}

function isDurable(operation: FileOperation, later: readonly FileOperation[]): boolean {
  switch (operation.kind) {
    case 'content':
      return later.some((sync) => sync.kind === 'sync-file' && sync.inode === operation.inode);
    case 'name':
    case 'folder':
    case 'unname':
    case 'move':
      return later.some((sync) => sync.kind === 'sync-folder' && sync.path === folderOf(operation.path));
    case 'sync-file':
    case 'sync-folder':
      return true;
  }
}

function applied(disk: Disk, asked: readonly FileOperation[], kept: readonly FileOperation[]): Disk {
  const names = new Map(disk.names);
  // Content comes in parts, and a file is whole with all of them.
  const torn = new Set<number>();
  const whole = new Set(disk.whole);
  for (const operation of asked) {
    if (operation.kind !== 'content') continue;
    if (kept.includes(operation)) whole.add(operation.inode);
    else torn.add(operation.inode);
  }
  for (const inode of torn) whole.delete(inode);
  for (const operation of kept) {
    if (operation.kind === 'move') names.delete(operation.from);
    if (operation.kind === 'unname') names.delete(operation.path);
    if (operation.kind === 'name' || operation.kind === 'move') names.set(operation.path, operation.inode);
  }
  const lostFolders = asked.filter(
    (operation) => operation.kind === 'folder' && !kept.includes(operation),
  ) as Extract<FileOperation, { kind: 'folder' }>[];
  for (const name of names.keys())
    if (lostFolders.some(({ path }) => name.startsWith(`${path}/`))) names.delete(name);
  return { names, whole };
}
