import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { dateReader } from '../../sources/csv-dates.ts';
import { readCsvTable } from '../../sources/csv-lines.ts';

/** Long files are read without a parser where none is needed: what is read must be the same. */
describe('the short way through a file', () => {
  it.each(['M/d/yyyy', 'MM/dd/yyyy', 'd.M.yyyy', 'yyyy.MM.dd', 'yyyyMMdd', 'dd-MM-yyyy'])(
    'reads dates of the form %s as Luxon does',
    (format) => {
      const read = dateReader(format);
      const day = fc
        .date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
        .map((at) => DateTime.fromJSDate(at, { zone: 'utc' }).toFormat(format));
      const like = fc.string({ unit: fc.constantFrom(...'0123456789/.- '), maxLength: 11 });
      fc.assert(
        fc.property(fc.oneof(day, like), (text) => {
          const luxon = DateTime.fromFormat(text, format, { zone: 'utc', locale: 'en-US' });
          expect(read(text)).toBe(luxon.isValid ? luxon.toISODate() : undefined);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('takes lines apart as the parser does, which is needed where there is a quote', () => {
    const field = fc.string({ unit: fc.constantFrom(...'ab1.- \t'), maxLength: 4 });
    const lines = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    const tableOf = (text: string): unknown =>
      readCsvTable({ file: 'a.csv', body: new TextEncoder().encode(text) }, ',');
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const text = ['date,close', ...rows.map((row) => row.join(','))].join(end);
        const [plain, quoted] = [tableOf(`${text}${end}end,1`), tableOf(`${text}${end}"end",1`)];
        expect(plain).toEqual(quoted);
      }),
      { numRuns: 150 },
    );
  });
});
