import type { LoadedBatch } from '../../lake/batch-cache.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { Resource, SourceRow } from '../../sources/source.ts';
import { askedOn } from '../../lake/asked-on.ts';
import type { CellOfBatch } from '../../lake/cell-bytes.ts';

/** Where in a raw answer a value stands. */
export interface Excerpt {
  readonly page: number;
  /** In characters from the page's beginning. */
  readonly position: number;
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

const aroundCharacters = 60;
/** Each costs one reading of the page; a value that stands so often in it cannot be pointed out. */
const mostPlaces = 200;
const numbers = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Points out the place in a batch's raw pages from which one value of a cell was read. Whatever the source's
 * format, the place is proved and not guessed: with another number there, the source's reader reads another value.
 */
export function excerptOf(
  resource: Resource,
  { manifest, pages }: LoadedBatch,
  cell: CellOfBatch,
  column: string,
): Excerpt | undefined {
  const ask = askedOn(manifest.ask, cell.batch.ingestionDate);
  const read = (page: number, text: string): SourceRow['x'] | undefined => {
    const changed = pages.map((each, index) => (index === page ? { body: Buffer.from(text) } : each));
    return readValue(() => resource.rowsOfCell(changed, ask, cell), column);
  };
  const value = readValue(() => resource.rowsOfCell(pages, ask, cell), column);
  if (typeof value !== 'number') return undefined;
  for (const [page, { body }] of pages.entries()) {
    const text = Buffer.from(body).toString('utf8');
    const places = [...text.matchAll(numbers)].filter(([digits]) => Number(digits) === value);
    for (const place of places.slice(0, mostPlaces)) {
      const end = place.index + place[0].length;
      const other = read(page, `${text.slice(0, place.index)}${value + 1}${text.slice(end)}`);
      if (other === value || other === undefined) continue;
      return {
        page,
        position: place.index,
        before: text.slice(Math.max(0, place.index - aroundCharacters), place.index),
        text: place[0],
        after: text.slice(end, end + aroundCharacters),
      };
    }
  }
  return undefined;
}

/** A reader may refuse an answer in which one number is another: then it was not the one looked for. */
function readValue(read: () => SourceRow[], column: string): number | string | null | undefined {
  try {
    return read()[0]?.[column];
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
