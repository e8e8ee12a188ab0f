import { existsSync } from 'node:fs';
import { link, mkdtemp, rename, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isErrno } from '../../lake/lake-error.ts';
import { WrongUse } from '../command/exit-code.ts';

/** Where an export goes: it is written beside its place and then put there whole. */
export interface ExportTarget {
  /** The file to write first. */
  readonly partial: string;
  /** Where it ends up; null means the standard output. */
  readonly path: string | null;
  /** Puts the written file in its place. */
  readonly settle: () => Promise<void>;
  /** Removes what is left of it. */
  readonly clear: () => Promise<void>;
}

/**
 * Finds the place of an export.
 * @throws WrongUse where a file is there already and may not be replaced, or its folder is not there.
 */
export async function exportTarget(out: string | undefined, isForced: boolean): Promise<ExportTarget> {
  if (out === undefined || out === '-') return standardOutput();
  const path = resolve(out);
  if (!existsSync(dirname(path))) {
    throw new WrongUse(
      `--out ${out}: the folder ${dirname(path)} is not there. Make it, or write elsewhere.`,
    );
  }
  if (existsSync(path) && !isForced) throw isThere(out);
  const partial = `${path}.${process.pid}.partial`;
  const settle = async (): Promise<void> => {
    if (isForced) return rename(partial, path);
    // A second name is refused where somebody else has written the file meanwhile.
    await link(partial, path).catch((error: unknown) => {
      throw isErrno(error, 'EEXIST') ? isThere(out) : error;
    });
  };
  return { partial, path, settle, clear: () => removeAll(partial) };
}

async function standardOutput(): Promise<ExportTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'marketlake-export-'));
  const partial = join(folder, 'table');
  const settle = async (): Promise<void> => {
    await pipeline(createReadStream(partial), process.stdout, { end: false }).catch((error: unknown) => {
      // Whoever reads us has seen enough, as `head` does.
      if (!isErrno(error, 'EPIPE')) throw error;
    });
  };
  return { partial, path: null, settle, clear: () => removeAll(folder) };
}

async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await rm(`${path}.tmp`, { recursive: true, force: true });
}

function isThere(out: string): WrongUse {
  return new WrongUse(`--out ${out} is there already. Add --force to replace it, or write elsewhere.`);
}
