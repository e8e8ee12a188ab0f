/** What can go wrong between us and a contract, or a file that one is held against. */
export type ContractErrorCode =
  /** A contract cannot be read, says something we do not know, or holds SQL that does not run. */
  | 'ContractInvalid'
  /** A candidate is no whole Parquet file. */
  | 'CandidateUnreadable'
  /** A worker runs with another contract than whoever asks has read. */
  | 'ContractChanged'
  /** A contract was changed, and its version was not raised as such a change asks. */
  | 'VersionNotRaised';

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

/** Says that a worker runs with another contract than the one that lies in contracts/ now. */
export function contractChanged(dataset: string, workerVersion: string | undefined): ContractError {
  const found =
    workerVersion === undefined ? 'it has none' : `it runs with another one, version ${workerVersion}`;
  return new ContractError(
    'ContractChanged',
    `Asked this worker to judge cells by the contract of ${dataset} as it lies in contracts/ now; ${found}. A worker reads contracts when it starts: start it again, then this command.`,
  );
}
