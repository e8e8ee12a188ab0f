/** A request that cannot be planned; the message says what to ask for instead. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code = 'PlanRefused';
}
