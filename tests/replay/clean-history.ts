import { hostname } from 'node:os';

/** Who a recording says was at work. */
export const recordedIdentity = 'marketlake';

/**
 * Takes out of a recording what belongs to the machine that made it: who was at work, where the lake and the
 * code lay, and stack traces. Nothing of that decides what a workflow does next.
 */
export function cleanHistory(history: unknown, lakeFolder: string): unknown {
  const clean = (text: string): string => text.replaceAll(lakeFolder, '/lake').replaceAll(hostname(), 'host');
  return walk(history, (key, value) => {
    if (key === 'identity') return recordedIdentity;
    if (key === 'stackTrace') return '';
    if (key === 'data') return mapBase64(value, clean);
    return clean(value);
  });
}

/** Every text of a recording, payloads decoded, with the key it stands under. */
export function textsOf(history: unknown): { key: string; text: string }[] {
  const texts: { key: string; text: string }[] = [];
  walk(history, (key, value) => {
    texts.push({ key, text: key === 'data' ? Buffer.from(value, 'base64').toString('utf8') : value });
    return value;
  });
  return texts;
}

function walk(value: unknown, change: (key: string, text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return change(key, value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, change, name)]));
}

function mapBase64(base64: string, change: (text: string) => string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  // Bytes that are no text stay as they are.
  return Buffer.from(text, 'utf8').equals(bytes)
    ? Buffer.from(change(text), 'utf8').toString('base64')
    : base64;
}
