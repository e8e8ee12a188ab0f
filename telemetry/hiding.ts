const hidden = '***';

/** A shorter text is no secret, and blotting it out would spoil every line. */
const shortestSecret = 4;

/** Blots secrets out of a text. */
export type Hide = (text: string) => string;

/**
 * Builds what blots the configured secrets out of every text, also where they stand quoted as JSON or in a URL. It is the
 * second wall: the first is that nobody writes them.
 */
export function hiding(secrets: readonly string[]): Hide {
  const shapes = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // The longest first: one secret may be the beginning of another.
  const known = [...new Set(shapes)].sort((left, right) => right.length - left.length);
  return (text) => known.reduce((hiddenSoFar, secret) => hiddenSoFar.replaceAll(secret, hidden), text);
}

/** The values in a variable such as `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, percent-encoded. */
export function headerValues(headers: string): string[] {
  return headers
    .split(',')
    .map((header) => header.slice(header.indexOf('=') + 1).trim())
    .filter((value) => value !== '')
    .flatMap((value) => [value, decoded(value)]);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
