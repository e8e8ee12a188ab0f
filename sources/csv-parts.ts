import { wrongShape } from './read-json.ts';
import { SourceError } from './source-error.ts';

/** One csv file of an answer. */
export interface CsvPart {
  /** Its path below the csv folder. */
  readonly file: string;
  readonly body: Uint8Array;
}

/** The sign "file separator": it is no part of any other sign in UTF-8, and of no sound csv file. */
const separator = 0x1c;
const lineEnd = 0x0a;

/**
 * Joins the files of a folder into one answer: before each stands the separator and its path as JSON, on a line of
 * its own. Nothing counts bytes, so that a number in it can be pointed out by putting another in its place.
 * @throws SourceError `RequestRefused` for a file that holds the separator itself.
 */
export function joinParts(parts: readonly CsvPart[]): Uint8Array {
  const pieces = parts.flatMap(({ file, body }) => {
    if (!body.includes(separator)) return [headOf(file), body];
    throw new SourceError(
      'RequestRefused',
      `Reading the csv file ${file}: it holds the control sign U+001C, which parts the files of a folder. Save it as csv text.`,
    );
  });
  return new Uint8Array(Buffer.concat(pieces));
}

/** Takes an answer apart: the files of a folder, or the one file of that path. */
export function partsOf(body: Uint8Array, place: string): readonly CsvPart[] {
  if (body[0] !== separator) return [{ file: place, body }];
  const parts: CsvPart[] = [];
  for (let at = 0; at < body.length;) {
    const next = body.indexOf(separator, at + 1);
    const end = next < 0 ? body.length : next;
    parts.push(partOf(body.subarray(at + 1, end), place, body));
    at = end;
  }
  return parts;
}

function headOf(file: string): Uint8Array {
  return Buffer.concat([Buffer.of(separator), Buffer.from(JSON.stringify(file)), Buffer.of(lineEnd)]);
}

function partOf(piece: Uint8Array, place: string, whole: Uint8Array): CsvPart {
  const end = piece.indexOf(lineEnd);
  const file = end < 0 ? undefined : nameIn(Buffer.from(piece.subarray(0, end)).toString());
  if (file !== undefined) return { file, body: piece.subarray(end + 1) };
  throw wrongShape(`the csv folder ${place}`, 'a part of it has no name', whole);
}

function nameIn(text: string): string | undefined {
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
