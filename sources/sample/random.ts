/** Mixes a 32-bit integer until every input bit touches every output bit. Integer work only, so it is equal everywhere. */
function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Hashes a text to 32 bits, UTF-16 unit by unit. */
export function hashText(text: string, start = 0): number {
  let hash = scramble(start);
  for (let index = 0; index < text.length; index += 1) {
    hash = scramble(Math.imul(hash, 31) + text.charCodeAt(index));
  }
  return hash;
}

/**
 * Draws a number in [0, 1) for a day and a purpose: the same arguments always give the same number, whatever
 * was drawn before.
 */
export function draw(key: number, day: number, purpose: number): number {
  return scramble(scramble(scramble(key) + day) + Math.imul(purpose, 0x9e3779b1)) / 4_294_967_296;
}
