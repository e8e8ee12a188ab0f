import { createHash } from 'node:crypto';
import { utcDateOf, type PartitionDate } from '../workflows/pure/cell.ts';
import { wrongShape } from './read-json.ts';
import { SourceError } from './source-error.ts';
import type { Members, RawPage, SourceRow } from './source.ts';

/** What the sources of snapshots have in common: who is in one, under which ticker, and of which day its pages are. */

/** Stands for the whole day of a snapshot, where nobody knows yet who is in it; no member is called so. */
export const wholeDayTicker = 'all';

/** A page names at the most so many bytes of a ticker in a file's name, whose length is bounded. */
const longestInPath = 100;
const hashCharacters = 16;

/**
 * The ticker of a snapshot's member: the source's own id wherever it can be one. One that holds spaces, commas or
 * other signs has them percent-encoded, and one that is too long, or taken, ends with its hash: no id is lost, and no
 * two share a ticker.
 */
export function tickerOfMember(id: string): string {
  const plain = Buffer.from(id, 'utf8').toString('utf8');
  if (isTicker(plain) && plain === id) return id;
  const hash = createHash('sha256').update(JSON.stringify(id)).digest('hex').slice(0, hashCharacters);
  const encoded = encodeURIComponent(plain).replaceAll(',', '%2C');
  return `${encoded.slice(0, 20).replace(/%.?$/, '')}~${hash}`;
}

function isTicker(id: string): boolean {
  const lengthInPath = id.replaceAll(/[^A-Za-z0-9._-]/g, '%XX').length;
  return /^[!-+\--}]+$/.test(id) && lengthInPath <= longestInPath && !reserved.has(id.toUpperCase());
}

/** `ALL` is every ticker, and `USD` the dollar itself in the warehouse. */
const reserved: ReadonlySet<string> = new Set(['ALL', 'USD']);

/** Takes the first so many of the ids of all pages, each once: where one comes again, its first place counts. */
export function firstOf(ids: readonly string[], top: number): Members {
  const distinct = new Set<string>();
  const repeated = new Set<string>();
  for (const id of ids) (distinct.has(id) ? repeated : distinct).add(id);
  return { ids: [...distinct].slice(0, top), repeated: [...repeated] };
}

/** Rows of a snapshot's members, by ticker. */
export type MemberRows = ReadonlyMap<string, SourceRow>;

/** Wraps a reader of a whole batch, so that a thousand cells of one batch read its pages once. Forgotten with the pages. */
export function rememberBatch<T>(
  read: (pages: readonly RawPage[], askKey: string) => T,
): (pages: readonly RawPage[], ask: unknown) => T {
  const known = new WeakMap<readonly RawPage[], { readonly askKey: string; readonly value: T }>();
  return (pages, ask) => {
    const askKey = JSON.stringify(ask);
    const found = known.get(pages);
    if (found?.askKey === askKey) return found.value;
    const value = read(pages, askKey);
    known.set(pages, { askKey, value });
    return value;
  };
}

/**
 * Holds a page against the day it is taken for, by the newest instant that any of its rows names.
 * @throws SourceError `WrongDay` for another UTC day, `WrongShape` where rows are there and none says when it is from.
 */
export function checkDay(
  date: PartitionDate,
  stampsMs: readonly (number | null)[],
  what: string,
  body: Uint8Array,
): void {
  if (stampsMs.length === 0) return;
  const newestMs = stampsMs.reduce<number>((newest, stamp) => Math.max(newest, stamp ?? -1), -1);
  if (newestMs < 0) throw wrongShape(what, 'no row says when it is from', body);
  const found = utcDateOf(newestMs);
  if (found === date) return;
  throw new SourceError(
    'WrongDay',
    `Reading ${what}: its newest row is from ${new Date(newestMs).toISOString()}, and the snapshot is that of ${date} (UTC). ` +
      'Just after midnight it passes by itself; else look at the clocks of the source and of this machine.',
    { body },
  );
}
