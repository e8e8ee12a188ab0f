/**
 * Counts the members of all objects in a parsed value. Of a name that stands twice in one object JSON.parse keeps
 * the last and says nothing: then there are fewer members than the text has signs for (`countMemberSigns`).
 */
export function countMembers(value: unknown): number {
  let count = 0;
  // A list of its own, since an answer may be nested deeper than calls can be.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inside: unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) count += inside.length;
    for (const each of inside) if (typeof each === 'object' && each !== null) open.push(each);
  }
  return count;
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Counts the colons outside of texts in the bytes of valid JSON: one for each member that was written. */
export function countMemberSigns(json: Uint8Array): number {
  let count = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) isText = !isText;
    else if (isText && byte === backslash) at += 1;
    else if (!isText && byte === colon) count += 1;
  }
  return count;
}
