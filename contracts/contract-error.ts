/** What can go wrong between us and a contract, or a file that one is held against. */
export type ContractErrorCode =
  /** A contract cannot be read, says something we do not know, or holds SQL that does not run. */
  | 'ContractInvalid'
  /** A candidate is no whole Parquet file. */
  | 'CandidateUnreadable';

/** A refusal to go on. The message says what we were doing, what we found, what to do next. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    readonly code: ContractErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
