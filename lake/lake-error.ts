/** What can go wrong between us and the lake. The activity edge decides what is retried. */
export type LakeErrorCode =
  /** Disk full, folder not writable, I/O error: trouble, retried for a while. */
  | 'LakeUnwritable'
  /** A file's bytes are not those its manifest or record names. */
  | 'LakeDamaged'
  /** The candidate to be published is not there any more; write it again. */
  | 'CandidateGone'
  /** Another attempt claimed the cell's next number with other content; look again and decide anew. */
  | 'LostRace'
  /** The folder is another lake's, or holds another market. */
  | 'LakeMismatch'
  /** Another process holds the lock. */
  | 'LakeBusy';

/** A refusal by the lake; the message says what we were doing, what we found and what to do next. */
export class LakeError extends Error {
  override readonly name = 'LakeError';

  constructor(
    readonly code: LakeErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Tells whether an error is Node's, with this code (`ENOENT`, `EEXIST`, …). */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
