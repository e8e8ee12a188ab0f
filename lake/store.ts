/**
 * What the lake asks of the place it lies in. Keys are paths below the lake's root with forward slashes.
 * Every write is durable when its promise resolves; a reader sees a file whole or not at all.
 */
export interface Store {
  /** Writes a file nobody else writes, replacing it whole. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes a file unless it is there already; false where it was. Exactly one of many callers wins. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Writes bytes once, to be put under many new keys one after the other. */
  prepare(bytes: Uint8Array): Promise<PreparedFile>;
  /** The same for bytes that come piece by piece and need not fit into memory. */
  prepareStream(pieces: AsyncIterable<Uint8Array>): Promise<PreparedFile>;
  /** Reads a file; undefined where it is not there. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The size of a file in bytes; undefined where it is not there. */
  sizeOf(key: string): Promise<number | undefined>;
  /** The names directly below a folder; empty where it is not there. */
  namesIn(folder: string): Promise<string[]>;
  /** Every file below a folder, as keys; empty where it is not there. */
  list(folder: string): Promise<string[]>;
  /** Moves a file or folder to its final place in one step; false where `from` is not there. */
  promote(from: string, to: string): Promise<boolean>;
  /** Keeps a second name for a file's present content; true also where that name exists already. */
  keep(from: string, to: string): Promise<boolean>;
  /** Makes the name of a file durable that another writer, who may be dead, put in its place. */
  settle(key: string): Promise<void>;
  /** Removes a file or folder; nothing happens where it is not there. */
  remove(key: string): Promise<void>;
  /** Removes a folder that holds nothing; false where it holds something, or is not there. */
  removeEmpty(folder: string): Promise<boolean>;
  /** The path by which a local program (DuckDB) reads a key. */
  pathOf(key: string): string;
}

/** A stored file that has no place yet. */
export interface PreparedFile {
  /** Where it lies meanwhile. */
  readonly key: string;
  /** Gives it one more key unless that is taken; false where it was. Exactly one of many callers wins. */
  claim(key: string): Promise<boolean>;
  /** Ends it: it keeps the keys it has and gets no more. */
  forget(): Promise<void>;
}
