/** A report that could not be written; the old one stays. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly code = 'ReportUnwritten';
}
