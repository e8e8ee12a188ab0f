import { AsyncLocalStorage } from 'node:async_hooks';
import fileSystem, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** One call that changes or syncs something; of `link` and `rename` the path is `from > to`. */
export interface FileCall {
  readonly name: string;
  readonly path: string;
}

/** Counts the calls of one act and may stop the act before one of them. */
export class CallCounter {
  readonly calls: FileCall[] = [];
  #stopped?: () => void;
  readonly stopped = new Promise<'stopped'>((resolve) => {
    this.#stopped = () => resolve('stopped');
  });

  #hasFailed = false;

  /**
   * `kill`: the whole process dies on the spot. `halt`: this act makes no call any more, for ever. `fail`: the call is
   * refused with an error of the disk, once, and the act goes on as it thinks fit; it sees closes, too.
   */
  constructor(
    private readonly stopBefore: number,
    readonly how: 'kill' | 'halt' | 'fail',
    private readonly errno = 'EIO',
  ) {}

  /** Notes a call that is about to be made; never comes back from the one to stop before. */
  async before(name: string, path: string): Promise<void> {
    if (this.how === 'fail' && this.calls.length === this.stopBefore && !this.#hasFailed) {
      this.#hasFailed = true;
      this.calls.push({ name: `refused ${name}`, path });
      throw Object.assign(new Error(`${this.errno}: the test refused it, ${name}`), {
        code: this.errno,
        syscall: name,
      });
    }
    if (this.how !== 'fail' && this.calls.length >= this.stopBefore) {
      if (this.how === 'kill') process.kill(process.pid, 'SIGKILL');
      this.#stopped?.();
      await new Promise(() => undefined);
    }
    this.calls.push({ name, path });
  }
}

const counters = new AsyncLocalStorage<CallCounter>();

/** Runs an act whose file calls a counter sees. */
export async function counted<T>(counter: CallCounter, act: () => Promise<T>): Promise<T | 'stopped'> {
  return counters.run(counter, () => Promise.race([act(), counter.stopped]));
}

/**
 * Lets counters see the calls of this process, from the file system's own module on: the code under test is untouched.
 * Answers how to end it: files of tests share a process, and what is watched twice is counted twice.
 */
export function watchFileCalls(): () => void {
  const real = { ...fileSystem };
  const before = async (name: string, path: unknown): Promise<void> =>
    counters.getStore()?.before(name, String(path));
  fileSystem.mkdir = (async (path: string, options) => {
    await before('mkdir', path);
    return real.mkdir(path, options);
  }) as typeof real.mkdir;
  fileSystem.rm = async (path, options) => {
    await before('rm', path);
    return real.rm(path, options);
  };
  fileSystem.rmdir = async (path, options) => {
    await before('rmdir', path);
    return real.rmdir(path, options);
  };
  fileSystem.link = async (from, to) => {
    await before('link', `${String(from)} > ${String(to)}`);
    return real.link(from, to);
  };
  fileSystem.rename = async (from, to) => {
    await before('rename', `${String(from)} > ${String(to)}`);
    return real.rename(from, to);
  };
  fileSystem.open = async (path, flags, mode) => {
    if (flags !== 'r') await before('open', path);
    return watched(await real.open(path, flags, mode), String(path), before);
  };
  syncBuiltinESMExports();
  return () => {
    Object.assign(fileSystem, real);
    syncBuiltinESMExports();
  };
}

function watched(
  handle: FileHandle,
  path: string,
  before: (name: string, path: string) => Promise<void>,
): FileHandle {
  const sync = handle.sync.bind(handle);
  const writeFile = handle.writeFile.bind(handle);
  const close = handle.close.bind(handle);
  handle.close = async () => {
    await close();
    // The system gives the file back even where it says that writing it failed.
    if (counters.getStore()?.how === 'fail') await before('close', path);
  };
  handle.sync = async () => {
    await before('sync', path);
    return sync();
  };
  handle.writeFile = async (data, options) => {
    await before('write', path);
    if (counters.getStore()) await handle.write(Buffer.from(data as Uint8Array).subarray(0, 7));
    // A writer may die in the middle: the rest follows in a call of its own.
    await before('write', path);
    return counters.getStore() ? rewrite(handle, data as Uint8Array) : writeFile(data, options);
  };
  return handle;
}

async function rewrite(handle: FileHandle, data: Uint8Array): Promise<void> {
  const { bytesWritten } = await handle.write(data, 0, data.byteLength, 0);
  if (bytesWritten !== data.byteLength) throw new Error('The test disk is full');
}
