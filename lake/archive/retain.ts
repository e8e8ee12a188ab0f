import { dirname } from 'node:path/posix';
import { sha256 } from '../json.ts';
import { LakeError } from '../lake-error.ts';
import { archiveOfFile, type ArchiveGroup } from '../layout.ts';
import type { Store } from '../store.ts';
import { allArchives, readArchived, type Archive } from './archives.ts';
import type { ArchiveMember } from './manifest.ts';
import { firstYoungMonth, oldFiles, type LeftFile } from './old-files.ts';
import { isRecorded, pack, recordArchive } from './pack.ts';

/** How old files are packed away. */
export interface RetentionOptions {
  /** A month is packed once its last day lies more than so many days back. */
  readonly olderThanDays: number;
  readonly now: Date;
  /** True: says what would be packed, and writes nothing. Default: false. */
  readonly isDryRun?: boolean;
  readonly onProgress?: (step: string) => void;
  /** Stops between two files; the next run goes on. */
  readonly signal?: AbortSignal;
}

/** One archive that was made, or would be. */
export interface MadeArchive extends ArchiveGroup {
  readonly file: string | null;
  readonly files: number;
  readonly sizeBytes: number;
  /** What the archive takes; null where none was made. */
  readonly packedBytes: number | null;
}

/** What was packed away. */
export interface RetentionReport {
  /** Only what is older than this month, `YYYY-MM`. */
  readonly before: string;
  readonly archives: readonly MadeArchive[];
  /** Archives of a process that died, which now have their record. */
  readonly completed: readonly string[];
  /** Originals that were removed, each lying verified in an archive. */
  readonly removed: number;
  readonly removedBytes: number;
  readonly left: readonly LeftFile[];
}

/** More in one archive are slow to pack, and their list stands in memory. */
const mostMembers = 10_000;
/** Losing to another process so often in a row means that it does the work. */
const mostTries = 5;

/**
 * Packs what is old into archives by kind, source and month. A file is removed only when the archive that holds it
 * has been read back, has its name, is durable and is recorded, and has given back the very bytes once more. It may
 * be killed anywhere and run again, twice at a time too, and beside living workers and readers.
 */
export async function packOldFiles(store: Store, options: RetentionOptions): Promise<RetentionReport> {
  return new Retention(store, options).run();
}

class Retention {
  readonly #archives: MadeArchive[] = [];
  readonly #completed: string[] = [];
  readonly #left: LeftFile[] = [];
  #removed = 0;
  #removedBytes = 0;

  constructor(
    private readonly store: Store,
    private readonly options: RetentionOptions,
  ) {}

  async run(): Promise<RetentionReport> {
    const { now, olderThanDays, isDryRun = false } = this.options;
    const before = firstYoungMonth(now, olderThanDays);
    if (!isDryRun) await this.#completeArchives();
    this.options.onProgress?.('find what is old');
    const { groups: found, emptyFolders } = await oldFiles(this.store, before, (file) =>
      this.#left.push(file),
    );
    if (!isDryRun) for (const folder of emptyFolders) await this.#tidy(folder);
    for (const { group, files } of found) {
      for (let start = 0; start < files.length; start += mostMembers) {
        const portion = files.slice(start, start + mostMembers);
        if (isDryRun) this.#note(group, null, await this.#unpacked(portion), null);
        else
          await this.#orLeft(`${group.kind} ${group.source} ${group.month}`, () =>
            this.#away(group, portion),
          );
      }
    }
    return {
      before,
      archives: this.#archives,
      completed: this.#completed,
      removed: this.#removed,
      removedBytes: this.#removedBytes,
      // What several tries found is told once.
      left: [...new Map(this.#left.map((file) => [`${file.path} ${file.reason}`, file])).values()],
    };
  }

  /** What a process that died has written and not recorded. */
  async #completeArchives(): Promise<void> {
    for (const archive of await allArchives(this.store)) {
      await this.#orLeft(archive.file, async () => {
        if (await recordArchive(this.store, archive, this.options.now)) this.#completed.push(archive.file);
      });
    }
  }

  async #away(group: ArchiveGroup, files: readonly ArchiveMember[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const unpacked = await this.#unpacked(files);
        if (unpacked.length > 0) await this.#pack(group, unpacked);
        break;
      } catch (error) {
        const isLost = error instanceof LakeError && error.code === 'LostRace';
        if (!isLost || tries >= mostTries) throw error;
        await this.#completeArchives();
      }
    }
    await this.#remove(files);
  }

  /** Those that lie in no archive, and still in their places. */
  async #unpacked(files: readonly ArchiveMember[]): Promise<ArchiveMember[]> {
    const unpacked: ArchiveMember[] = [];
    for (const file of files) {
      if (await this.#archiveOf(file)) continue;
      if ((await this.store.sizeOf(file.path)) !== undefined) unpacked.push(file);
    }
    return unpacked;
  }

  async #pack(group: ArchiveGroup, files: readonly ArchiveMember[]): Promise<void> {
    this.options.signal?.throwIfAborted();
    this.options.onProgress?.(`pack ${files.length} files of ${group.kind} ${group.source} ${group.month}`);
    const archive = await pack(this.store, group, files);
    await recordArchive(this.store, archive, this.options.now);
    this.#note(group, archive, files, (await this.store.sizeOf(archive.file)) ?? null);
  }

  #note(
    group: ArchiveGroup,
    archive: Archive | null,
    files: readonly ArchiveMember[],
    packedBytes: number | null,
  ): void {
    if (files.length === 0) return;
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    this.#archives.push({
      ...group,
      file: archive?.file ?? null,
      files: files.length,
      sizeBytes,
      packedBytes,
    });
  }

  async #remove(files: readonly ArchiveMember[]): Promise<void> {
    const recorded = new Set<string>();
    for (const file of files) {
      this.options.signal?.throwIfAborted();
      const archive = await this.#archiveOf(file);
      if (archive && !recorded.has(archive.file) && (await isRecorded(this.store, archive)))
        recorded.add(archive.file);
      const there = await this.store.get(file.path);
      if (!archive || !recorded.has(archive.file) || !there || sha256(there) !== file.sha256) continue;
      await this.store.remove(file.path);
      this.#removed += 1;
      this.#removedBytes += file.sizeBytes;
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await this.#tidy(folder);
  }

  /** The archive that gives back the very bytes of a file, read anew. */
  async #archiveOf({ path, sha256: hash }: ArchiveMember): Promise<Archive | undefined> {
    const kept = await readArchived(this.store, path);
    const known = kept?.archive ? archiveOfFile(kept.archive) : undefined;
    if (!kept?.archive || !known || sha256(kept.bytes) !== hash) return undefined;
    return { file: kept.archive, ...known };
  }

  /** Removes folders that have become empty, up to the source's own. */
  async #tidy(folder: string): Promise<void> {
    if (folder.split('/').length <= 2) return;
    if (await this.store.removeEmpty(folder)) await this.#tidy(dirname(folder));
  }

  /** What is wrong with one archive or month holds up no other. */
  async #orLeft(path: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof LakeError) || error.code === 'LakeUnwritable') throw error;
      this.#left.push({ path, reason: error.message });
    }
  }
}
