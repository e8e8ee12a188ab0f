/**
 * Reads a `Retry-After` header: seconds, or a date counted from the answer's own `Date` header, so that
 * no clock is read here. Undefined where it is absent or says nothing that can be understood.
 */
export function retryAfterMsOf(retryAfter: string | null, date: string | null): number | undefined {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const until = httpDateMs(text);
  const from = httpDateMs(date?.trim() ?? '');
  return until === undefined || from === undefined ? undefined : Math.max(0, until - from);
}

/** The instant of an HTTP date, which always names its weekday and ends in GMT. */
function httpDateMs(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
