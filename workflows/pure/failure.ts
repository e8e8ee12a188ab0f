/** Reads what a failed activity or child tells, in the shape that records and messages carry. */
export interface Trouble {
  readonly code: string;
  readonly reason: string;
}

const longestCause = 10;

/**
 * Finds the failure that says what went wrong: the deepest of a chain of causes that names a type, since
 * Temporal wraps a step's own failure in ActivityFailure, ChildWorkflowFailure and the like.
 */
export function troubleOf(error: unknown): Trouble {
  let found: Trouble | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < longestCause && current instanceof Error; depth += 1) {
    const type = 'type' in current && typeof current.type === 'string' ? current.type : undefined;
    if (type !== undefined) return { code: type, reason: current.message };
    found = { code: found?.code ?? current.name, reason: current.message };
    current = current.cause;
  }
  return found ?? { code: 'Unknown', reason: String(error) };
}

/** Tells whether a step that failed may be tried again, and after how long, where its failure says so. */
export function retryOf(error: unknown): { readonly isRetryable: boolean; readonly retryAfterMs?: number } {
  let current: unknown = error;
  for (let depth = 0; depth < longestCause && current instanceof Error; depth += 1) {
    if ('nonRetryable' in current) {
      const retryAfterMs = 'details' in current ? delayIn(current.details) : undefined;
      const isRetryable = current.nonRetryable !== true;
      return { isRetryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    current = current.cause;
  }
  return { isRetryable: true };
}

function delayIn(details: unknown): number | undefined {
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  if (typeof first !== 'object' || first === null || !('retryAfterMs' in first)) return undefined;
  return typeof first.retryAfterMs === 'number' ? first.retryAfterMs : undefined;
}
