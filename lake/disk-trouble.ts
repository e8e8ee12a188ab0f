/** What systems and DuckDB say of a disk that is full, read-only, not ours or broken. */
const words =
  /no space left|read-only file system|permission denied|input\/output error|disk quota|too many open files|could not (write|truncate|fsync) |^IO Error|^Out of Memory Error/i;

/**
 * Tells whether an error says that the disk or the machine failed, and not what was asked of it: Node names the system
 * call, DuckDB has only words, and says of one full disk `IO Error` here and `Failed to commit` there.
 */
export function isDiskTrouble(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || words.test(error.message));
}
