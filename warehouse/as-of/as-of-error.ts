/** A lake that knew nothing yet at the instant asked about: the message says since when it knows. */
export class AsOfError extends Error {
  override readonly name = 'AsOfError';
  readonly code = 'NotKnownYet';

  constructor(
    message: string,
    /** The instant of the lake's first publication; undefined where nothing was ever published. */
    readonly knownSince: Date | undefined,
  ) {
    super(message);
  }
}
