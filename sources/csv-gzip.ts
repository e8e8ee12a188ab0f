import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { wrongShape } from './read-json.ts';
import { SourceError } from './source-error.ts';

const unpack = promisify(gunzip);

/** Tells whether bytes begin as gzip does, which no text in UTF-8 can. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file, up to so many bytes: a few kilobytes can unpack to gigabytes.
 * @throws SourceError for more than that, for data that end early, and for damaged data.
 */
export async function unpackGzip(bytes: Uint8Array, maxBytes: number, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await unpack(bytes, { maxOutputLength: maxBytes }));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file, maxBytes, cause);
    const found =
      code === 'Z_BUF_ERROR'
        ? 'its gzip data end early: it is cut off, or still being written'
        : `its gzip data are damaged (${code})`;
    throw wrongShape(`the csv file ${file}`, found, bytes, cause);
  }
}

function tooLarge(file: string, maxBytes: number, cause: unknown): SourceError {
  return new SourceError(
    'RequestRefused',
    `Reading the csv file ${file}: it unpacks to more than the ${maxBytes} bytes allowed. If it is the right file, raise largestAnswerBytes in sources/source-access.ts.`,
    { cause },
  );
}
