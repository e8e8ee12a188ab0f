/** A setting that cannot be used: which file and line, what was found, what to write instead. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SettingsInvalid';
}
