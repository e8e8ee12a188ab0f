import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvFileSchema, type CsvFileOptions } from '../../sources/csv-options.ts';
import { csvSource, datesOfFile } from '../../sources/csv.ts';
import { accessTo, cellOf, codeOf, page, rangeAsk, refusalOf, resourceOf } from './support.ts';

const simple = { file: 'prices.csv', dateColumn: 'date', columns: { close: 'close' } };
const optionsOf = (more: object = {}): CsvFileOptions => csvFileSchema.parse({ ...simple, ...more });
const closesOf = (more: object = {}) => resourceOf(csvSource({ THING: optionsOf(more) }), 'daily_closes');
const ask = rangeAsk('THING', '2026-01-01', '2026-12-31');
const rowsOn = (text: string, date: string, more: object = {}): unknown[] =>
  closesOf(more).rowsOfCell([page(text)], ask, cellOf('THING', date));

describe('a file', () => {
  it('gives each day its columns, by name and not by place', () => {
    const columns = { close: 'C', open: 'O', volume: 'V' };
    expect(rowsOn('V,C,date,O\n7,2.5,2026-01-02,2\n', '2026-01-02', { columns })).toEqual([
      { close: 2.5, open: 2, volume: 7 },
    ]);
  });

  it.each([
    ['a byte order mark', '\ufeffdate,close\n2026-01-02,5\n'],
    ['CRLF', 'date,close\r\n2026-01-02,5\r\n'],
    ['quotes', '"date","close"\n"2026-01-02","5"\n'],
    ['blanks around fields', 'date , close\n 2026-01-02 , 5\n'],
    ['a trailing comma', 'date,close,\n2026-01-02,5,\n'],
    ['empty lines', '\n\ndate,close\n\n2026-01-02,5\n,\n\n'],
    ['no line end', 'date,close\n2026-01-02,5'],
    ['a quoted comma and line break', 'date,note,close\n2026-01-02,"a, b\nc",5\n'],
  ])('is read with %s', (_, text) => {
    expect(rowsOn(text, '2026-01-02')).toEqual([{ close: 5 }]);
    expect(closesOf().readPage(page(text), ask)).toEqual({ rowCount: 1 });
  });

  it('may have any delimiter', () => {
    expect(rowsOn('date;close\n2026-01-02;5\n', '2026-01-02', { delimiter: ';' })).toEqual([{ close: 5 }]);
  });

  it.each([
    ["yyyy-MM-dd HH:mm:ss 'UTC'", '2026-01-02 00:00:00 UTC'],
    ['M/d/yyyy', '1/2/2026'],
    ['dd MMMM yyyy', '02 January 2026'],
    ['yyyyMMdd', '20260102'],
    ["yyyy-MM-dd'T'HH:mm:ssZZ", '2026-01-02T00:30:00+00:00'],
  ])('may write its days as %s', (dateFormat, day) => {
    expect(rowsOn(`date,close\n${day},5\n`, '2026-01-02', { dateFormat })).toEqual([{ close: 5 }]);
  });

  it('whose rate is written the other way round gives one over it, or one column by another', () => {
    const text = 'date,USD,GBP\n2026-01-02,1.2,0.8\n';
    expect(rowsOn(text, '2026-01-02', { columns: { close: { inverse: 'GBP' } } })).toEqual([{ close: 1.25 }]);
    expect(rowsOn(text, '2026-01-02', { columns: { close: { divide: ['USD', 'GBP'] } } })).toEqual([
      { close: 1.2 / 0.8 },
    ]);
  });
});

describe('a hole', () => {
  const text = 'date,close,GBP\n2026-01-02,N/A,1\n2026-01-05,,1\n2026-01-06,5,N/A\n';

  it('as the close means that the day has no row', () => {
    expect([rowsOn(text, '2026-01-02'), rowsOn(text, '2026-01-05')]).toEqual([[], []]);
    expect(datesOfFile(page(text).body, optionsOf())).toEqual(['2026-01-06']);
  });

  it('in one of two columns is a hole in their ratio', () => {
    expect(rowsOn(text, '2026-01-06', { columns: { close: { divide: ['close', 'GBP'] } } })).toEqual([]);
  });

  it('elsewhere is null', () => {
    expect(rowsOn(text, '2026-01-06', { columns: { close: 'close', volume: 'GBP' } })).toEqual([
      { close: 5, volume: null },
    ]);
  });

  it('is what the configuration calls one', () => {
    expect(rowsOn('date,close\n2026-01-02,.\n', '2026-01-02', { nullText: ['.'] })).toEqual([]);
  });
});

describe('a bad line', () => {
  const badLinesOf = (text: string, more: object = {}) => closesOf(more).readPage(page(text), ask).badLines;
  const whyNone = (text: string, date: string, more: object = {}): string | undefined =>
    closesOf(more).whyNoRow?.([page(text)], ask, cellOf('THING', date));

  it.each([
    ['a price in words', '2026-01-02,many,1', '"many" in column "close" is no number'],
    ['too many fields', '2026-01-02,1,234.5,1', 'it has 4 fields, where the header has 3'],
    ['too few fields', '2026-01-02,5', 'it has 2 fields, where the header has 3'],
    ['NaN', '2026-01-02,NaN,1', '"NaN" in column "close" is no number'],
    ['a hexadecimal number', '2026-01-02,0x10,1', '"0x10" in column "close" is no number'],
    ['two numbers', '2026-01-02,1 2,1', '"1 2" in column "close" is no number'],
    ['no finite number', '2026-01-02,1e999,1', '"1e999" in column "close" is no number'],
    [
      'thousands separators',
      '2026-01-02,"1,234.5",1',
      '"1,234.5" in column "close" is no number; write numbers with a point and without thousands separators',
    ],
    ['a decimal comma', '2026-01-02,"1.234,5",1', 'without thousands separators'],
    ['a bad value beside the close', '2026-01-02,5,lots', '"lots" in column "volume" is no number'],
  ])('(%s) costs its own day its row, and no other day anything', (_, line, found) => {
    const text = `date,close,volume\n2026-01-01,4,1\n${line}\n2026-01-03,6,1\n`;
    const columns = { close: 'close', volume: 'volume' };
    expect(['2026-01-01', '2026-01-02', '2026-01-03'].map((date) => rowsOn(text, date, { columns }))).toEqual(
      [[{ close: 4, volume: 1 }], [], [{ close: 6, volume: 1 }]],
    );
    expect(badLinesOf(text, { columns })).toEqual({
      count: 1,
      first: [
        {
          file: 'prices.csv',
          lineNumber: 3,
          date: '2026-01-02',
          found: expect.stringContaining(found) as string,
        },
      ],
    });
    expect(whyNone(text, '2026-01-02', { columns })).toContain(
      `what it has of it cannot be read: line 3 of prices.csv (`,
    );
    expect(whyNone(text, '2026-01-03', { columns })).toBeUndefined();
    expect(datesOfFile(page(text).body, optionsOf({ columns }))).toHaveLength(3);
  });

  it('of a day that another line has too leaves nobody to tell which is right: both are named', () => {
    const text = 'date,close\n2026-01-02,5\n2026-01-05,6\n2026-01-02,5\n';
    expect([rowsOn(text, '2026-01-02'), rowsOn(text, '2026-01-05')]).toEqual([[], [{ close: 6 }]]);
    expect(whyNone(text, '2026-01-02')).toBe(
      'what it has of it cannot be read: line 2 of prices.csv (its date 2026-01-02 is also that of line 4 of prices.csv), ' +
        'line 4 of prices.csv (its date 2026-01-02 is also that of line 2 of prices.csv)',
    );
  });

  it('whose date cannot be read costs no other day anything, and may be any day’s that is missing', () => {
    const text = 'date,close\n2026-01-01,4\n2026-02-30,5\nSource: a bank\n"2026-01-05",6\n01/06/2026,7\n';
    expect([rowsOn(text, '2026-01-01'), rowsOn(text, '2026-01-05')]).toEqual([
      [{ close: 4 }],
      [{ close: 6 }],
    ]);
    expect(badLinesOf(text)?.first.map(({ lineNumber, date }) => [lineNumber, date])).toEqual([
      [3, null],
      [4, null],
      [6, null],
    ]);
    expect(whyNone(text, '2026-01-02')).toContain(
      'a line whose date cannot be read may be of it: line 3 of prices.csv ("2026-02-30" in column "date" is no date of the form yyyy-MM-dd)',
    );
  });

  it('whose date cannot be read keeps the days around it open, and closes none of a file in disorder', () => {
    const gap = 'date,close\n2026-01-02,4\nx,5\n2026-01-06,6\n2026-01-07,6\ny,1\n';
    expect(datesOfFile(page(gap).body, optionsOf())).toEqual([
      '2026-01-02',
      '2026-01-03',
      '2026-01-04',
      '2026-01-05',
      '2026-01-06',
      '2026-01-07',
    ]);
    const disorder = 'date,close\n2026-01-02,4\nx,5\n2020-01-06,6\n';
    expect(datesOfFile(page(disorder).body, optionsOf())).toEqual(['2020-01-06', '2026-01-02']);
  });

  it('numbers are those of the file even below quoted line breaks', () => {
    const text = 'date,note,close\n2026-01-01,"a\nb",4\nnever,x,5\n';
    expect(badLinesOf(text)?.first[0]?.lineNumber).toBe(4);
  });

  it.each(['M/d/yyyy', 'MM/dd/yyyy', 'yyyy.MM.dd', 'yyyyMMdd'])(
    'is one whose day is no day of the form %s',
    (dateFormat) => {
      const good = ['1/2/2026', '01/02/2026', '2026.01.02', '20260102'].map((day) => `${day},5`);
      const text = `date,close\n${good.join('\n')}\n13/45/2026,5\n2026.13.45,5\n20261345,5\n`;
      const wrong = badLinesOf(text, { dateFormat })?.first.map(({ lineNumber }) => lineNumber) ?? [];
      expect(wrong).toEqual(expect.arrayContaining([6, 7, 8]));
    },
  );

  it('of more than ten thousand makes it another file', async () => {
    const text = `date,close\n2026-01-01,4\n${'never,5\n'.repeat(10_001)}`;
    const error = await refusalOf(() => closesOf().readPage(page(text), ask));
    expect(error.code).toBe('WrongShape');
    expect(error.message).toContain('line 3 of prices.csv');
    expect(error.message).toContain('9998 more lines');
  });
});

describe('a file of another shape is WrongShape', () => {
  it.each([
    ['', 'no header'],
    ['\n\n', 'no header'],
    ['day,close\n', 'no column "date"; its columns are day, close'],
    ['date,price\n', 'no column "close"; its columns are date, price'],
    ['date,close,close\n', 'more than one column "close"'],
    ['<html><body>Sign in</body></html>', 'no column "date"'],
    ['date,close\n2026-01-01,"4\n2026-01-02,5\n', 'not csv'],
    ['date,close\n1/1/2026,4\n1/2/2026,5\n', 'line 2 of prices.csv ("1/1/2026" in column "date" is no date'],
  ])('%j: %s', async (text, found) => {
    const error = await refusalOf(() => closesOf().readPage(page(text), ask));
    expect(error.code).toBe('WrongShape');
    expect(error.message).toContain(found);
  });

  it('where it is not UTF-8', async () => {
    const body = Buffer.from('\ufeffdate,close\n', 'utf16le');
    expect((await refusalOf(() => closesOf().readPage({ body }, ask))).message).toContain('not UTF-8');
  });

  it('a header alone is a file without days', () => {
    expect(closesOf().readPage(page('date,close\n'), ask)).toEqual({ rowCount: 0 });
  });
});

describe('the configuration of a file', () => {
  it.each([
    ['a way out', { file: '../secret.csv' }],
    ['a place of its own', { file: '/etc/passwd' }],
    ['a format without a year', { dateFormat: 'dd/MM' }],
    ['a format without a day', { dateFormat: 'yyyy-MM' }],
    ['tokens of another library', { dateFormat: 'YYYY-MM-DD' }],
    ['no close', { columns: { open: 'o' } }],
    ['a column nobody knows', { columns: { close: 'c', closse: 'd' } }],
    ['an unknown key', { colour: 'red' }],
    ['a file and a folder', { folder: 'prices' }],
    ['neither file nor folder', { file: undefined }],
  ])('with %s is refused', (_, more) => {
    expect(csvFileSchema.safeParse({ ...simple, ...more }).success).toBe(false);
  });

  it('says what to write instead of a wrong format', () => {
    const { error } = csvFileSchema.safeParse({ ...simple, dateFormat: 'YYYY-MM-DD' });
    expect(error && z.prettifyError(error)).toContain('such as yyyy-MM-dd');
  });

  it('that names no open, high and low gives no bars, and says so before anything is read', async () => {
    const bars = resourceOf(
      csvSource({ THING: optionsOf({ columns: { close: 'c', open: 'o' } }) }),
      'daily_bars',
    );
    const error = await refusalOf(() => bars.firstPage(ask));
    expect([error.code, error.message]).toEqual([
      'RequestRefused',
      expect.stringContaining('csv.daily_bars needs high, low'),
    ]);
  });

  it('is asked for by symbol; one that is not there is SymbolUnknown', async () => {
    expect(await codeOf(() => closesOf().firstPage(rangeAsk('OTHER', '2026-01-01', '2026-01-02')))).toBe(
      'SymbolUnknown',
    );
    expect(await codeOf(() => closesOf().firstPage(rangeAsk('toString', '2026-01-01', '2026-01-02')))).toBe(
      'SymbolUnknown',
    );
    expect(
      await codeOf(() => closesOf().firstPage({ kind: 'grouped', group: 'stocks', date: '2026-01-02' })),
    ).toBe('RequestRefused');
  });
});

describe('reading the file', () => {
  let folder: string;
  beforeEach(async () => {
    const root = await mkdtemp(join(tmpdir(), 'csv-'));
    folder = join(root, 'csv');
    await mkdir(join(folder, 'sub folder'), { recursive: true });
    await writeFile(join(root, 'outside.csv'), 'secret');
    await writeFile(join(folder, 'sub folder', 'prices é.csv'), 'date,close\n');
    await symlink(join(root, 'outside.csv'), join(folder, 'link.csv'));
    await symlink(join(folder, 'sub folder', 'prices é.csv'), join(folder, 'inner.csv'));
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  const read = (file: string, maxBytes = 1000) => {
    const closes = closesOf({ file });
    return closes.send(closes.firstPage(ask), accessTo(folder, { maxBytes }));
  };

  it('brings its bytes, also from a folder below and through a link that stays inside', async () => {
    const answer = await read('sub folder/prices é.csv');
    expect([answer.status, answer.contentType, Buffer.from(answer.body).toString()]).toEqual([
      200,
      'text/csv',
      'date,close\n',
    ]);
    expect((await read('inner.csv')).body).toHaveLength(11);
  });

  it('unpacks what is packed', async () => {
    await writeFile(join(folder, 'packed.csv.gz'), gzipSync('date,close\n2026-01-02,5\n'));
    expect(Buffer.from((await read('packed.csv.gz')).body).toString()).toBe('date,close\n2026-01-02,5\n');
  });

  const packed = gzipSync('date,close\n2026-01-02,5\n');
  it.each([
    ['cut off', packed.subarray(0, -9), 'WrongShape', 'its gzip data end early'],
    [
      'damaged',
      Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]),
      'WrongShape',
      'its gzip data are damaged',
    ],
    [
      'of a million zeros',
      gzipSync(Buffer.alloc(1_000_000)),
      'RequestRefused',
      'unpacks to more than the 10000 bytes',
    ],
  ])('names a packed file that is %s', async (_, bytes, code, found) => {
    await writeFile(join(folder, 'packed.csv.gz'), bytes);
    const error = await refusalOf(() => read('packed.csv.gz', 10_000));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(found)]);
    expect(error.message).toContain('Reading the csv file packed.csv.gz');
  });

  it.each(['missing.csv', 'link.csv', 'sub folder', 'inner.csv/x'])('%s is RequestRefused', async (file) => {
    const error = await refusalOf(() => read(file));
    expect(error.code).toBe('RequestRefused');
    expect(error.message).not.toContain('secret');
  });

  it.each(['/../outside.csv', '/%2e%2e/outside.csv', '/..%2Foutside.csv', '/', '/%00', '/%'])(
    'a request for %s does not leave the folder',
    async (target) => {
      expect(await codeOf(() => closesOf().send({ target }, accessTo(folder)))).toBe('RequestRefused');
    },
  );

  it('does not tell whether a file outside exists', async () => {
    const messageOf = async (name: string): Promise<string> =>
      (await refusalOf(() => closesOf().send({ target: `/../${name}` }, accessTo(folder)))).message;
    expect(await messageOf('outside.csv')).toContain('lies outside the csv folder');
    expect(await messageOf('nothing.csv')).toContain('lies outside the csv folder');
  });

  const isLinux = existsSync('/proc/version');
  it.skipIf(!isLinux)(
    `whose length is not what was announced is trouble, not data${isLinux ? '' : ' (skipped: needs /proc)'}`,
    async () => {
      const error = await refusalOf(() => closesOf().send({ target: '/version' }, accessTo('/proc')));
      expect([error.code, error.isRetryable]).toEqual(['SourceUnavailable', true]);
    },
  );

  it('is refused where the file is larger than allowed', async () => {
    expect((await refusalOf(() => read('inner.csv', 10))).message).toContain(
      '11 bytes, more than the 10 allowed',
    );
  });

  it('that is cancelled throws the signal’s reason', async () => {
    const signal = AbortSignal.abort(new Error('cancelled from outside'));
    const closes = closesOf({ file: 'inner.csv' });
    await expect(closes.send(closes.firstPage(ask), accessTo(folder, { signal }))).rejects.toThrow(
      'cancelled from outside',
    );
  });
});
