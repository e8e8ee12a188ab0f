import { open, stat } from 'node:fs/promises';

/** The size of a file in bytes; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

const mostBytes = 65_536;

/** Reads what was appended to a file after a place in it, the last 64 KiB at most. */
export async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - mostBytes);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    await file.read(bytes, 0, bytes.length, from);
    return bytes.toString('utf8');
  } finally {
    await file.close();
  }
}
