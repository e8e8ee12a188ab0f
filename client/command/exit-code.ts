/** How a command ends: what a shell or a scheduler may rely on. */
export const exitCode = {
  /** Every cell asked about is published, closed, skipped or waiting. */
  good: 0,
  /** Some cell is refused, failed or missing. */
  cellsMissing: 1,
  /** The command was used wrongly; nothing was started. */
  wrongUse: 2,
  /** We failed, or nobody answers. */
  weFailed: 3,
  /** Ctrl-C while a run was followed, as shells have it; the run goes on. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** A command that was used wrongly: what was found, and what to write instead. Ends with exit code 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
  readonly code = 'WrongUse';
}

/** A server or worker that does not answer. Ends with exit code 3. */
export class NobodyAnswers extends Error {
  override readonly name = 'NobodyAnswers';
  readonly code = 'NobodyAnswers';
}
