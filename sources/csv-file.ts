import { open, realpath, type FileHandle } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { readFolder } from './csv-folder.ts';
import { isGzip, unpackGzip } from './csv-gzip.ts';
import { csvPlaceOf, type CsvPlace } from './csv-options.ts';
import { SourceError } from './source-error.ts';
import type { PageRequest, RawAnswer, SourceAccess } from './source.ts';

const absent = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Writes the path below the csv folder of what is configured as a request; a folder's ends in a slash. */
export function fileRequest(place: CsvPlace): PageRequest {
  return { target: `/${csvPlaceOf(place).split('/').map(encodeURIComponent).join('/')}` };
}

/**
 * Reads one local file whole, or all of a folder as one answer; what is packed is unpacked. Neither `..` nor a
 * link leads out of the csv folder.
 * @throws SourceError where it is absent, outside, too large, unreadable, cut off, or changes while it is read.
 */
export async function readLocalFile(request: PageRequest, access: SourceAccess): Promise<RawAnswer> {
  const { target } = request;
  access.signal?.throwIfAborted();
  const body = target.endsWith('/') ? await readAll(target, access) : await readOne(target, access);
  return { status: 200, contentType: 'text/csv', body };
}

async function readAll(target: string, access: SourceAccess): Promise<Uint8Array> {
  const what = `Reading the csv folder ${target.slice(1)}`;
  return translating(what, access, async () => {
    const path = await pathWithin(access.baseUrl, target, what);
    const name = decoded(target, what).replaceAll(/^\/+|\/+$/g, '');
    const read = (file: string, maxBytes: number): Promise<Uint8Array> =>
      readOne(`${target}${encodeURIComponent(file)}`, { ...access, maxBytes });
    return readFolder({ path, name, read }, access.maxBytes);
  });
}

async function readOne(target: string, access: SourceAccess): Promise<Uint8Array> {
  const what = `Reading the csv file ${target.slice(1)}`;
  return translating(what, access, async () => {
    const path = await pathWithin(access.baseUrl, target, what);
    const handle = await open(path, 'r');
    try {
      const bytes = await readWhole(handle, access, what);
      return isGzip(bytes) ? await unpackGzip(bytes, access.maxBytes, target.slice(1)) : bytes;
    } finally {
      await handle.close();
    }
  });
}

async function translating<T>(what: string, access: SourceAccess, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    access.signal?.throwIfAborted();
    throw error instanceof SourceError ? error : fileError(error, what);
  }
}

/** Resolves links before comparing, so that what is opened is what was checked. */
async function pathWithin(folder: string, target: string, what: string): Promise<string> {
  const outside = (): SourceError =>
    new SourceError(
      'RequestRefused',
      `${what}: it lies outside the csv folder. Put the file itself into the folder.`,
    );
  const root = resolve(folder);
  const path = resolve(root, `.${decoded(target, what)}`);
  if (!isWithin(root, path)) throw outside();
  const [realRoot, realPath] = [await realpath(root), await realpath(path)];
  if (!isWithin(realRoot, realPath)) throw outside();
  return realPath;
}

function isWithin(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function decoded(target: string, what: string): string {
  try {
    return decodeURIComponent(target);
  } catch (cause) {
    throw new SourceError(
      'RequestRefused',
      `${what}: its name is not well encoded. Correct it in the configuration.`,
      { cause },
    );
  }
}

async function readWhole(handle: FileHandle, access: SourceAccess, what: string): Promise<Uint8Array> {
  const before = await handle.stat();
  if (!before.isFile()) {
    throw new SourceError(
      'RequestRefused',
      `${what}: it is not a file. Name a csv file in the configuration.`,
    );
  }
  if (before.size > access.maxBytes) {
    const found = `it has ${before.size} bytes, more than the ${access.maxBytes} allowed`;
    throw new SourceError(
      'RequestRefused',
      `${what}: ${found}. If it is the right file, raise largestAnswerBytes in sources/source-access.ts.`,
    );
  }
  const body = await handle.readFile({ ...(access.signal === undefined ? {} : { signal: access.signal }) });
  const after = await handle.stat();
  if (body.byteLength !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw new SourceError('SourceUnavailable', `${what}: it changed while it was read. It is read again.`);
  }
  return new Uint8Array(body);
}

function fileError(error: unknown, what: string): SourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return absent.has(code)
    ? new SourceError(
        'RequestRefused',
        `${what}: there is no such file (${code}). Put it into the csv folder, or correct sources.csv.`,
        { cause: error },
      )
    : new SourceError(
        'SourceUnavailable',
        `${what}: it cannot be read (${code}). Look at its rights and at the disk.`,
        { cause: error },
      );
}
