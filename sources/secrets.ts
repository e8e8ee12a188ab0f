/** Query parameters that carry a key in the APIs we know; compared in lower case. */
const keyParameters: ReadonlySet<string> = new Set([
  'apikey',
  'api_key',
  'key',
  'token',
  'access_token',
  'x_cg_demo_api_key',
  'x_cg_pro_api_key',
]);

const quoteLength = 200;
const hidden = '***';

/** Drops the parameters of a path and query that carry a key; keys travel in headers only. */
export function withoutKeyParameters(target: string): string {
  const at = target.indexOf('?');
  if (at < 0) return target;
  const kept = target
    .slice(at + 1)
    .split('&')
    .filter((parameter) => !keyParameters.has(nameOf(parameter)));
  return kept.length === 0 ? target.slice(0, at) : `${target.slice(0, at)}?${kept.join('&')}`;
}

function nameOf(parameter: string): string {
  return [...new URLSearchParams(parameter).keys()][0]?.toLowerCase() ?? '';
}

/** Blots a key out of a text. */
export function hidingKey(text: string, key: string | undefined): string {
  return key === undefined || key === '' ? text : text.replaceAll(key, hidden);
}

/** Blots a key out of bytes that are kept for inspection: some APIs repeat it in their refusal. */
export function withoutKey(bytes: Uint8Array, key: string | undefined): Uint8Array {
  if (key === undefined || key === '' || !Buffer.from(bytes).includes(key)) return bytes;
  return new Uint8Array(Buffer.from(hidingKey(Buffer.from(bytes).toString('latin1'), key), 'latin1'));
}

/** Quotes the beginning of a body on one line, for a message. */
export function quoteOf(text: string): string {
  const line = text
    .slice(0, 4 * quoteLength)
    .replaceAll(/[\s\p{Cc}\p{Cf}\ufffd]+/gu, ' ')
    .trim();
  if (line === '') return 'an empty body';
  return line.length <= quoteLength ? `"${line}"` : `"${line.slice(0, quoteLength)}…"`;
}
