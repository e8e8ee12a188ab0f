import { DateTime } from 'luxon';
import { isPartitionDate, type PartitionDate } from '../workflows/pure/cell.ts';

/** Reads the day out of a field; undefined where there is none. */
export type DateReader = (text: string) => PartitionDate | undefined;

const isoFormat = 'yyyy-MM-dd';

/** What the tokens of a plain date look like; a format with any other is left to Luxon. */
const plainTokens: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
};

/** Prepares the reading of dates in a format of Luxon's tokens, read as UTC. */
export function dateReader(format: string): DateReader {
  if (format === isoFormat) return (text) => (isPartitionDate(text) ? text : undefined);
  const pattern = plainPattern(format);
  return pattern === undefined ? parsedBy(format) : (text) => plainDate(pattern, text);
}

/** Of year, month and day in digits, with a sign or nothing between: Luxon would take half a minute for a million. */
function plainPattern(format: string): RegExp | undefined {
  const pieces = format.match(/([A-Za-z])\1*|[^A-Za-z]/g) ?? [];
  const tokens = pieces.filter((piece) => /[A-Za-z]/.test(piece));
  const isPlain = tokens.length === 3 && tokens.every((token) => Object.hasOwn(plainTokens, token));
  if (!isPlain || !pieces.every((piece) => tokens.includes(piece) || /^[-/.]$/.test(piece))) return undefined;
  const pattern = pieces.map((piece) => plainTokens[piece] ?? `\\${piece}`);
  return new RegExp(`^${pattern.join('')}$`);
}

function plainDate(pattern: RegExp, text: string): PartitionDate | undefined {
  const { year = '', month = '', day = '' } = pattern.exec(text)?.groups ?? {};
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isPartitionDate(date) ? date : undefined;
}

function parsedBy(format: string): DateReader {
  const parser = DateTime.buildFormatParser(format, { locale: 'en-US' });
  return (text) => {
    const date = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale: 'en-US' });
    const iso = date.isValid ? date.toUTC().toFormat(isoFormat) : '';
    return isPartitionDate(iso) ? iso : undefined;
  };
}
