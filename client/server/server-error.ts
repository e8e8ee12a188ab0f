/**
 * What can go wrong while a Temporal server is found or started.
 * - `CliPathUnusable`: TEMPORAL_CLI_PATH names a program that does not answer.
 * - `CliNotFound`: no Temporal CLI is there and none could be fetched.
 * - `ServerDidNotStart`: the development server ended early or did not answer in time.
 * - `NoFreePort`: every port tried on 127.0.0.1 is taken.
 */
export type ServerErrorCode = 'CliPathUnusable' | 'CliNotFound' | 'ServerDidNotStart' | 'NoFreePort';

/** A Temporal server that we could not get. The message says what we were doing, what we found, what to do next. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
