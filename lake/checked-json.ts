import { jsonBytes, sha256 } from './json.ts';

/**
 * JSON that tells by itself whether a byte of it was altered: records, audits and manifests are the lake's
 * memory, and nothing else has their hashes.
 */

const digits = 16;
const ending = new RegExp(`,"checksum":"([0-9a-f]{${digits}})"\\}\\n$`);

/** Encodes an object as a file's JSON, with a checksum of all the rest as its last key. */
export function checkedJsonBytes(value: object): Uint8Array {
  const text = Buffer.from(jsonBytes(value)).toString('utf8');
  const checked = `${text.slice(0, -2)},"checksum":"${sha256(text).slice(0, digits)}"}\n`;
  return Buffer.from(checked, 'utf8');
}

/** Tells whether such bytes are as they were written; `none` where they hold no checksum at all. */
export function checksumOf(bytes: Uint8Array): 'right' | 'wrong' | 'none' {
  const text = Buffer.from(bytes).toString('utf8');
  const found = ending.exec(text);
  if (!found) return 'none';
  return sha256(`${text.slice(0, found.index)}}\n`).slice(0, digits) === found[1] ? 'right' : 'wrong';
}
