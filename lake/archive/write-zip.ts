import { PassThrough, Readable } from 'node:stream';
import { ZipFile, type ReadStreamOptions } from 'yazl';

/** One file that goes into an archive; its bytes are read when its turn comes. */
export interface MemberToPack {
  readonly path: string;
  readonly sizeBytes: number;
  readonly read: () => Promise<Uint8Array>;
}

/**
 * The format keeps local times. One wall-clock time, whatever the zone, gives the same members the same bytes everywhere
 * and always.
 */
const timeless = (): Partial<ReadStreamOptions> => ({
  mtime: new Date(1981, 0, 1, 12),
  forceDosTimestamp: true,
  mode: 0o100644,
});

/** Packs files, in their given order, into a zip of which one member at a time is in memory. */
export async function* zipOf(members: readonly MemberToPack[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const pieces = new PassThrough();
  zip.on('error', (error: Error) => pieces.destroy(error));
  zip.outputStream.pipe(pieces);
  for (const { path, sizeBytes, read } of members) {
    zip.addReadStreamLazy(path, { ...timeless(), size: sizeBytes }, (take) => {
      read().then(
        (bytes) => take(null, Readable.from([Buffer.from(bytes)])),
        (error: unknown) => take(error, Readable.from([])),
      );
    });
  }
  zip.end();
  // A PassThrough of bytes gives bytes.
  yield* pieces as AsyncIterable<Buffer>;
}
