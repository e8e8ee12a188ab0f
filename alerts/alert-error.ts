/** What can go wrong between us and a webhook. */
export type AlertErrorCode =
  /** Network, no answer in time, 408, 429 or 5xx: trouble, tried again for a day. */
  | 'WebhookUnavailable'
  /** Any other answer than a success, or a webhook that is configured no more: a mistake. */
  | 'WebhookRefused';

/** An alert that a webhook did not take. The message names the webhook, never its address. */
export class AlertError extends Error {
  override readonly name = 'AlertError';

  constructor(
    readonly code: AlertErrorCode,
    message: string,
    /** The HTTP status, where there was an answer, and its `Retry-After`. */
    readonly facts: { readonly status?: number; readonly retryAfterMs?: number } = {},
  ) {
    super(message);
  }

  /** True where the same request may succeed later without anybody's help. */
  get isRetryable(): boolean {
    return this.code === 'WebhookUnavailable';
  }
}
